"""Gives the application the person's language."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

HERE: Final = Path(__file__).parent
SOURCE: Final = "en"
"""What the texts are written in."""


def install(app: QCoreApplication, choice: str) -> str:
    """Before anything is shown.

    Args:
        app: what is translated.
        choice: ``system``, or a language as in the name of a file here.

    Returns:
        The language that it became: the first of the system's that there is, or English.
    """
    wanted = [choice] if choice != "system" else [tag.split("-")[0] for tag in QLocale.system().uiLanguages()]
    language = next((each for each in wanted if each == SOURCE or _file(each).exists()), SOURCE)
    if choice != "system" or not QLocale.system().name().startswith(language):
        QLocale.setDefault(QLocale(language))  # dates and figures as the words around them
    if language != SOURCE:
        ours, of_qt = QTranslator(app), QTranslator(app)
        if of_qt.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            app.installTranslator(of_qt)  # what Qt's own dialogs say
        if ours.load(str(_file(language))):
            app.installTranslator(ours)
    return language


def _file(language: str) -> Path:
    return HERE / f"lockstep_{language}.qm"
