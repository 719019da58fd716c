"""The answer to an import of accounts."""

from typing import Any, Final

from pydantic import BaseModel, Field

from inquiry_router.accounts.importing import ImportResult

# Of longer lists only the beginning is answered; the counts are of all.
MAX_SHOWN: Final = 500


class ImportProblemOut(BaseModel):
    """Something in the file that is wrong."""

    line: int = Field(
        description="The line of the file, the heading is 1; of JSON the number of the entry.",
        examples=[17],
    )
    column: str = Field(
        description="The heading of the column; empty for the whole line.", examples=["NIP"]
    )
    message: str = Field(
        description="What is wrong, and what to do.",
        examples=["'526-000-12-47' is no NIP: its check digit is wrong, look for a typo"],
    )


class AccountChangeOut(BaseModel):
    """An account that is made or changed."""

    external_id: str | None = Field(description="Its id in your system.", examples=["K-1024"])
    name: str = Field(description="Its name.", examples=["Hydro-Bud sp. z o.o."])
    action: str = Field(description="create or update.", examples=["update"])
    changes: list[str] = Field(
        description="What changes; of a new account nothing is listed.",
        examples=[["tier: silver -> gold", "+ anna@hydro-bud.example"]],
    )


class AccountImportOut(BaseModel):
    """The result of an import, or of its dry run."""

    stored: bool = Field(
        description="True if it is stored now, false after a dry run.",
        examples=[True],
    )
    rows: int = Field(description="Rows of the file that hold something.", examples=[5000])
    created: int = Field(description="Accounts that are new.", examples=[4990])
    updated: int = Field(description="Accounts that change.", examples=[7])
    unchanged: int = Field(description="Accounts that are known just so.", examples=[3])
    problems: list[ImportProblemOut] = Field(
        description="The first 500 problems, by line. With any, nothing is stored unless "
        "`skip_errors` is true: then the other rows are."
    )
    problem_count: int = Field(description="All problems.", examples=[0])
    changes: list[AccountChangeOut] = Field(description="The first 500 accounts that change.")
    columns: dict[str, str] = Field(
        description="The columns that are read, each with its field; of JSON none.",
        examples=[{"Kod": "external_id", "Nazwa": "name"}],
    )
    ignored_columns: list[str] = Field(
        description="Columns that are not read; `columns` of the request can name them.",
        examples=[["Limit kredytu"]],
    )


def import_json(result: ImportResult) -> dict[str, Any]:
    """Render the result of an import."""
    return {
        "stored": result.stored,
        "rows": result.rows,
        "created": result.created,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "problems": [
            {"line": one.line, "column": one.column, "message": one.message}
            for one in result.problems[:MAX_SHOWN]
        ],
        "problem_count": len(result.problems),
        "changes": [
            {
                "external_id": one.after.external_id,
                "name": one.after.name,
                "action": "create" if one.before is None else "update",
                "changes": list(one.said),
            }
            for one in result.changes[:MAX_SHOWN]
        ],
        "columns": dict(result.columns),
        "ignored_columns": list(result.ignored),
    }
