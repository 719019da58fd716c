# Two queues and one that the router may see but not use; a user for the router with a token, and a customer who may log in.
# Prints the ids of the queues, then the token.
use strict;
use warnings;
use utf8;
use lib '/usr/share/request-tracker5/lib';
use RT -init;

my $system = RT->SystemUser;

sub made {
    my ($class, %what) = @_;
    my $object = $class->new($system);
    my ($id, $message) = $object->Create(%what);
    die "$class: $message" unless $id;
    return $object;
}

sub allow {
    my ($who, $where, @rights) = @_;
    for my $right (@rights) {
        my ($done, $message) = $who->PrincipalObj->GrantRight(Right => $right, Object => $where);
        die "$right: $message" unless $done;
    }
}

my $service = made('RT::Queue', Name => 'Obsługa klienta');
my $sales = made('RT::Queue', Name => 'Sprzedaż');
my $closed = made('RT::Queue', Name => 'Zarząd');

my $router = made('RT::User', Name => 'router', EmailAddress => 'router@acme.example', Lang => 'en', Privileged => 1);
my @rights = qw(SeeQueue ShowTicket ShowTicketComments ModifyTicket CommentOnTicket CreateTicket);
allow($router, $_, @rights) for $service, $sales;
allow($router, $closed, 'SeeQueue');  # but not CreateTicket: nothing may be moved there
my (undef, undef, $token) = RT::AuthToken->new($system)->Create(Owner => $router->Id);

made('RT::User', Name => 'jan', Password => 'hush-hush', EmailAddress => 'jan@hurtownia.example',
    RealName => 'Jan Kowalski', WorkPhone => '+48601234567', Privileged => 0);
my $everyone = RT::Group->new($system);
$everyone->LoadSystemInternalGroup('Everyone');
allow($everyone, $service, qw(SeeQueue CreateTicket));
my $requestor = RT::Group->new($system);
$requestor->LoadRoleGroup(Object => RT->System, Name => 'Requestor');
allow($requestor, RT->System, qw(ShowTicket ReplyToTicket));

my $root = RT::User->new($system);
$root->Load('root');
my ($done, $message) = $root->SetPassword('hush-hush');
die $message unless $done;

print join("\n", map { $_->Id } $service, $sales, $closed), "\n$token\n";
