"""What a company teaches the router: corrections and categories of its own become a new head, judged before it is used."""
