"""Static files and pictures, handed out without Django. Their names change with their bytes, so they may be kept."""

from os import PathLike, stat_result

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from newsstand.wiring.asgi_types import ASGIApp, Receive, Scope, Send

A_YEAR = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"


class KeptFiles(StaticFiles):
    """Files of a directory with a `Cache-Control`, never run or framed by a browser as a page of ours."""

    def __init__(self, directory: PathLike[str], cache_control: str) -> None:
        super().__init__(directory=directory, check_dir=False)
        self._cache_control = cache_control

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = self._cache_control
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
    """Hands out what lies under `/static/` and `/media/`; everything else goes on."""

    def __init__(self, static: KeptFiles, media: Pictures, behind: ASGIApp) -> None:
        self._mounts = (("/static/", static), ("/media/", media))
        self._behind = behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            for prefix, files in self._mounts:
                if scope["path"].startswith(prefix):
                    await self._file(files, prefix, scope, receive, send)
                    return
        await self._behind(scope, receive, send)

    async def _file(self, files: KeptFiles, prefix: str, scope: Scope, receive: Receive, send: Send) -> None:
        inner = {**scope, "path": scope["path"], "root_path": scope.get("root_path", "") + prefix.rstrip("/")}
        try:
            await files(inner, receive, send)
        except HTTPException as refusal:
            await Response(status_code=refusal.status_code)(inner, receive, send)
