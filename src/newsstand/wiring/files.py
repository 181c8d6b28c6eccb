"""Static files and pictures, handed out without Django, and kept by browsers for ever.

A picture's name is its own, and the address of static files names the version of the software that they belong to.
"""

from os import PathLike, stat_result

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from newsstand.wiring.asgi_types import ASGIApp, Receive, Scope, Send

A_YEAR = "public, max-age=31536000, immutable"


class KeptFiles(StaticFiles):
    """Files of a directory to be kept for a year, never run or framed by a browser as a page of ours."""

    def __init__(self, directory: PathLike[str]) -> None:
        super().__init__(directory=directory, check_dir=False)

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = A_YEAR
        response.headers["x-content-type-options"] = "nosniff"
        return response


class Pictures(KeptFiles):
    """What people uploaded: the same, and nothing in it may load or run anything."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["content-security-policy"] = "default-src 'none'; sandbox"
        return response


class FilesFirst:
    """Hands out what lies under `/static/<version>/` and `/media/`; everything else goes on."""

    def __init__(self, static: KeptFiles, media: Pictures, behind: ASGIApp) -> None:
        self._static = static
        self._media = media
        self._behind = behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path.startswith("/static/"):
            version, _, _name = path.removeprefix("/static/").partition("/")
            await self._file(self._static, f"/static/{version}", scope, receive, send)
        elif path.startswith("/media/"):
            await self._file(self._media, "/media", scope, receive, send)
        else:
            await self._behind(scope, receive, send)

    async def _file(self, files: KeptFiles, prefix: str, scope: Scope, receive: Receive, send: Send) -> None:
        inner = {**scope, "path": scope["path"], "root_path": scope.get("root_path", "") + prefix}
        try:
            await files(inner, receive, send)
        except HTTPException as refusal:
            await Response(status_code=refusal.status_code)(inner, receive, send)
