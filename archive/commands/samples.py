"""`python -m archive.commands.samples`: the sample dossiers, filed beside a running dossier with progress on the
terminal. Started by `dossier up --samples`; does something only in an archive without dossiers, or where it was broken
off.
"""

from __future__ import annotations

import sys
from pathlib import Path

from archive.commands import waiting
from archive.commands.opening import Opened, opened, read_settings, say, told
from archive.commands.up import LOOPBACK
from archive.config import Settings
from archive.domain.dossier import Dossier
from archive.domain.intake_job import IntakeJob, Wish
from archive.errors import ArchiveError
from ingest.door import open_file, shown

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def main() -> None:
    """Files the samples and tells the accounts; an error is told and ends only this."""
    settings = read_settings()
    try:
        with opened(make=True) as archive:
            begun = _begun(settings)
            if begun.exists() or _is_empty(archive):
                begun.touch()
                _tell_accounts(archive, settings, make=True)
                _file(archive, settings)
                begun.unlink()
            else:
                _tell_accounts(archive, settings, make=False)
    except KeyboardInterrupt:
        sys.exit(130)
    except ArchiveError as reason:
        say(told(reason), told(reason))
        sys.exit(1)


def _begun(settings: Settings) -> Path:
    """A mark that is there while the samples are being filed."""
    return settings.data / "run" / "samples"


def _is_empty(archive: Opened) -> bool:
    records = archive.ports.index.health().records
    return not any(records.get(kind.kind, 0) for kind in (Dossier, IntakeJob))


def _tell_accounts(archive: Opened, settings: Settings, *, make: bool) -> None:
    """The sample accounts with their password; none where others can reach the archive."""
    if settings.host not in LOOPBACK:
        return
    from archive.domain.access import Role
    from archive.domain.people import ROLE_NAMES
    from archive.services import sample_accounts

    accounts = (sample_accounts.make_sample_accounts if make else sample_accounts.usable)(archive.ports)
    if not accounts:
        return
    say("Sample accounts, for this machine alone:", "示例账号（只能在本机使用）：")
    for user, password in accounts:
        roles = [ROLE_NAMES[Role(role)] for role in user.roles]
        english, chinese = ", ".join(one.en for one in roles), "、".join(one.zh for one in roles)
        say(f"  {user.id:12} {password}   {english}", f"  {user.id:12} {password}   {chinese}（{user.name}）")


def _file(archive: Opened, settings: Settings) -> None:
    """Opens the dossiers, takes their files in, waits until they are read, and arranges them."""
    from archive.services import sample_dossiers

    if not SAMPLES.is_dir():
        say("The sample dossiers are not part of this installation.", "本安装不含示例档案。")
        return
    say("Filing the sample dossiers; the archive can be used meanwhile.", "正在收入示例档案，期间可以照常使用。")
    samples = sample_dossiers.open_sample_dossiers(archive.ports, SAMPLES)
    jobs = [_take(archive, path, wish) for sample in samples for path, wish in sample.files]
    with waiting.Bar(shown=True) as bar:
        waiting.until_searchable(archive, jobs, bar, settings)
    sample_dossiers.arrange_samples(archive.ports, SAMPLES)
    say("The sample dossiers are filed.", "示例档案已全部收入。")


def _take(archive: Opened, path: Path, wish: Wish) -> str:
    """Takes a file in; the id of its job."""
    from archive.services import intake

    with open_file(path) as file:
        received = intake.receive(
            archive.ports, archive.actor, file, shown(path), channel="command", batch="samples", wish=wish
        )
    return received.job.id


if __name__ == "__main__":
    main()
