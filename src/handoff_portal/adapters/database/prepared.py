"""Questions that a page asks again and again: compiled once, and then asked straight from the driver.

SQLAlchemy looks up, binds and describes a statement anew each time it runs, which costs more than the answer
to a small query. What is prepared here pays for that once, when its module is read.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import ARRAY, BindParameter, ColumnElement, Select, TextClause
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import IteratorResult, Result
from sqlalchemy.engine.result import SimpleResultMetaData

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


class Prepared:
    """One query whose text never changes; only its parameters do.

    Args:
        query: Its parameters are named (`bindparam`), or have a value that stays.

    Raises:
        TypeError: Its text hangs on a value, or a value needs translating on the way there or back.
    """

    __slots__ = ("_given", "_shape", "text")

    def __init__(self, query: Select[Any] | TextClause) -> None:
        compiled = query.compile(dialect=_DIALECT)
        columns = query.selected_columns if isinstance(query, Select) else ()
        strange = [*filter(_is_strange, compiled.binds.values()), *filter(_is_translated, columns)]
        if strange:
            raise TypeError(f"cannot be prepared because of {', '.join(map(str, strange))}")
        self.text = str(compiled)
        self._given = {
            name: value for name, value in compiled.params.items() if not compiled.binds[name].required
        }
        self._shape: SimpleResultMetaData | None = None

    def ask(self, cursor: psycopg.Cursor[Any], parameters: Mapping[str, Any] | None) -> Result[Any]:
        """Run it and read the whole answer."""
        cursor.execute(self.text, {**self._given, **(parameters or {})})
        if self._shape is None:
            self._shape = SimpleResultMetaData([column.name for column in cursor.description or ()])
        return IteratorResult(self._shape, iter(cursor.fetchall()))


def _is_strange(one: BindParameter[Any]) -> bool:
    """Lists go to the driver as they are, if what is in them does."""
    kind = one.type.item_type if isinstance(one.type, ARRAY) else one.type
    return one.expanding or kind.dialect_impl(_DIALECT).bind_processor(_DIALECT) is not None


def _is_translated(one: ColumnElement[Any]) -> bool:
    return one.type.dialect_impl(_DIALECT).result_processor(_DIALECT, None) is not None
