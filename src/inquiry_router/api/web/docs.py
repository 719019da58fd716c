"""The docs page: Swagger UI from an installed package, so that it works offline."""

from pathlib import Path

import fastapi_offline
from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

door = APIRouter(include_in_schema=False)

ASSETS = StaticFiles(directory=Path(fastapi_offline.__file__).parent / "static")
ASSETS_PATH = "/docs/assets"
# Swagger UI sets styles on elements, hence 'unsafe-inline' for styles; scripts come from here only.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>inquiry-router</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
<link rel="stylesheet" href="docs/look.css">
</head>
<body>
<div id="docs"></div>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
# The key is kept in the session of the tab, where Swagger UI itself would keep it for ever. The
# search looks at whole operations, where Swagger UI looks at tags only.
_START = """(() => {
  const KEPT = "inquiry-router.authorized";
  const keep = (value) => {
    try {
      if (value) sessionStorage.setItem(KEPT, JSON.stringify(value));
      else sessionStorage.removeItem(KEPT);
    } catch (error) { /* a browser without storage asks again */ }
  };
  const kept = () => {
    try { return JSON.parse(sessionStorage.getItem(KEPT)); } catch (error) { return null; }
  };
  const session = () => ({ statePlugins: { auth: { wrapActions: {
    authorize: (next) => (value) => { keep(value); return next(value); },
    logout: (next) => (value) => { keep(null); return next(value); }
  } } } });
  const said = (operation) => ["summary", "description", "operationId"]
    .map((name) => operation.getIn(["operation", name]) || "")
    .concat(operation.get("method"), operation.get("path"));
  const search = () => ({ fn: { opsFilter: (tagged, phrase) => {
    const words = phrase.toLowerCase().split(/\\s+/).filter(Boolean);
    return tagged.map((tag, name) => tag.update("operations", (operations) =>
      operations.filter((operation) => {
        const text = [name, ...said(operation)].join(" ").toLowerCase();
        return words.every((word) => text.includes(word));
      })
    )).filter((tag) => tag.get("operations").size > 0);
  } } });
  const ui = SwaggerUIBundle({
    url: "openapi.json",
    dom_id: "#docs",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: false,
    plugins: [session, search],
    tryItOutEnabled: true,
    validatorUrl: null,
    onComplete: () => {
      const authorized = kept();
      if (authorized) ui.authActions.authorize(authorized);
      const box = document.querySelector(".operation-filter-input");
      if (box) box.placeholder = "Search operations: words of a path or a summary";
    }
  });
})();
"""
_LOOK = """body { margin: 0; }
.swagger-ui .wrapper { max-width: 1100px; }
@media (max-width: 600px) {
  .swagger-ui .wrapper { padding: 0 10px; }
  .swagger-ui .opblock-summary-path { max-width: 100%; }
  .swagger-ui .opblock-tag { flex-wrap: wrap; }
  .swagger-ui .opblock-tag small { flex-basis: 100%; padding: 6px 0 0; }
}
@media (prefers-color-scheme: dark) {
  html { background: #16191d; }
  #docs { filter: invert(0.9) hue-rotate(180deg); }
}
"""


@door.get("/docs")
async def docs() -> Response:
    """Show the docs page."""
    return HTMLResponse(_PAGE, headers={"content-security-policy": CSP})


@door.get("/docs/start.js")
async def start() -> Response:
    """Send the script that starts Swagger UI."""
    return Response(_START, media_type="text/javascript")


@door.get("/docs/look.css")
async def look() -> Response:
    """Send the style sheet: narrow on a phone, dark where the reader prefers it."""
    return Response(_LOOK, media_type="text/css")
