"""Sentences about reading the text of page images."""

SENTENCES: dict[str, tuple[str, str]] = {
    "ocr_engine_unknown": (
        "没有名为 {given} 的识别引擎。把 DOSSIER_OCR 设为 auto、rapidocr 或 tesseract。",
        "There is no OCR engine named {given}. Set DOSSIER_OCR to auto, rapidocr or tesseract.",
    ),
    "ocr_model_missing": (
        "缺少识别模型文件 {file}（软件包 {package}）。重新安装依赖后再试。",
        "The recognition model {file} of the package {package} is missing. Install the requirements again, then retry.",
    ),
    "ocr_failed": (
        "这一页无法识别（引擎 {engine}）。其余各页不受影响；可在接收页面重试，或重新扫描这一页。",
        (
            "This page could not be read (engine {engine}). The other pages are not affected; try again on the intake "
            "screen, or scan the page once more."
        ),
    ),
    "ocr_cannot_run": (
        "识别引擎 {engine} 在这台机器上运行不了：{reason}。排除后自动接着识读。",
        (
            "The OCR engine {engine} cannot run on this machine: {reason}. Reading goes on by itself when that is put "
            "right."
        ),
    ),
    "ocr_too_slow": (
        "这一页识别超过 {seconds} 秒，已停止，其余各页不受影响。在接收页面重试，或请管理员调大 DOSSIER_OCR_SECONDS。",
        (
            "Reading this page took more than {seconds} seconds and was stopped; the other pages are not affected. Try "
            "again on the intake screen, or ask the administrator to raise DOSSIER_OCR_SECONDS."
        ),
    ),
    "page_pixels_broken": (
        "这一页的图像不完整（应为 {width}×{height} 像素）。重新扫描这一页。",
        "The picture of this page is incomplete (it should be {width} x {height} pixels). Scan the page once more.",
    ),
    "tesseract_missing": (
        "没有找到 Tesseract。安装 tesseract-ocr 和 tesseract-ocr-chi-sim，或把 DOSSIER_OCR 设为 auto。",
        "Tesseract was not found. Install tesseract-ocr and tesseract-ocr-chi-sim, or set DOSSIER_OCR to auto.",
    ),
    "tesseract_language_missing": (
        "Tesseract 缺少语言数据 {language}。安装 tesseract-ocr-{package}，或把 DOSSIER_OCR 设为 auto。",
        ("Tesseract lacks its language data {language}. Install tesseract-ocr-{package}, or set DOSSIER_OCR to auto."),
    ),
}
