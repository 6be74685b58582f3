"""The texts of the sample dossiers, one module a dossier."""

from samples.draw.contents import (
    jj_2019_003,
    jj_2021_017,
    jj_2022_009,
    jj_2023_005,
    kh_2022_064,
    kh_2023_118,
    kh_2024_007,
    kh_2024_031,
)

DOSSIERS = [
    kh_2024_031.DOSSIER,
    kh_2024_007.DOSSIER,
    kh_2023_118.DOSSIER,
    kh_2022_064.DOSSIER,
    jj_2021_017.DOSSIER,
    jj_2022_009.DOSSIER,
    jj_2023_005.DOSSIER,
    jj_2019_003.DOSSIER,
]
