"""The migrations of ``cards`` and two more, as a later version may have them."""

from pathlib import Path

import cards.migrations

__path__.append(str(Path(cards.migrations.__file__).parent))
