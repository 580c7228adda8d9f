"""Open one PDF file, in a process of its own with bounded memory and time.

Called as a program (it knows nothing of the portal):

    python -I pdf_tool.py check FILE            prints {"pages": n}, or {"error": "password" | "broken"}
    python -I pdf_tool.py page FILE N WIDTH     writes page N (1…) as a WebP picture to standard output
"""

import json
import resource
import sys

MEMORY_BYTES = 1536 * 2**20
SECONDS = 15
PIXELS_MAX = 12_000_000
PASSWORD = 4  # what PDFium calls FPDF_ERR_PASSWORD


def bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main(argv: list[str]) -> int:
    import pypdfium2 as pdfium

    bounded()
    verb, path, *rest = argv
    try:
        document = pdfium.PdfDocument(path)
        pages = len(document)
        if pages:
            document[0].get_size()
    except pdfium.PdfiumError as error:
        locked = getattr(error, "err_code", None) == PASSWORD
        print(json.dumps({"error": "password" if locked else "broken"}))
        return 0
    if verb == "check":
        print(json.dumps({"pages": pages} if pages else {"error": "broken"}))
        return 0
    number, width = int(rest[0]), int(rest[1])
    page = document[number - 1]
    wide, high = page.get_size()
    scale = min(width / wide, (PIXELS_MAX / (wide * high)) ** 0.5)
    page.render(scale=scale).to_pil().convert("RGB").save(sys.stdout.buffer, "WEBP", quality=82, method=2)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
