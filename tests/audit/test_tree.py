"""The tree against the naive definition of RFC 9162 section 2.1."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff_portal.audit import tree

LEAVES = [tree.leaf_hash(str(i).encode()) for i in range(3000)]


def naive_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split_point(len(leaves))
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def split_point(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split_point(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_proof(m: int, leaves: list[bytes], *, known: bool = True) -> list[bytes]:
    if m == len(leaves):
        return [] if known else [naive_root(leaves)]
    k = split_point(len(leaves))
    if m <= k:
        return [*naive_proof(m, leaves[:k], known=known), naive_root(leaves[k:])]
    return [*naive_proof(m - k, leaves[k:], known=False), naive_root(leaves[:k])]


def grown(*sizes: int) -> tuple[tree.Tree, dict[tuple[int, int], bytes]]:
    it, tiles = tree.Tree(), {}
    for low, high in zip((0, *sizes), sizes, strict=False):
        tiles.update(it.append(LEAVES[low:high]))
    return it, tiles


def reader(tiles: dict[tuple[int, int], bytes]) -> tree.ReadTile:
    return lambda level, n: tiles.get((level, n), b"")


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 767, 1024, 2999])
def test_the_root_is_that_of_the_rfc(size: int) -> None:
    it, tiles = grown(size)
    assert it.root() == naive_root(LEAVES[:size])
    assert tree.Tiles(reader(tiles)).root(size) == it.root()


@settings(max_examples=80)
@given(st.lists(st.integers(0, 900), min_size=1, max_size=4))
def test_any_batches_give_the_same_tree_and_a_reloaded_tree_goes_on_alike(steps: list[int]) -> None:
    sizes = [min(sum(steps[: i + 1]), len(LEAVES)) for i in range(len(steps))]
    it, tiles = grown(*sizes)
    assert it.root() == naive_root(LEAVES[: sizes[-1]])
    again = tree.Tree.load(sizes[-1], reader(tiles))
    assert again.root() == it.root()
    assert again.append(LEAVES[:300]) == it.append(LEAVES[:300])
    assert again.root() == it.root()


@settings(max_examples=150)
@given(st.integers(1, 700), st.data())
def test_inclusion_proofs_are_those_of_the_rfc_and_hold_for_nothing_else(
    size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, size - 1))
    tiles = grown(900)[1]
    path = tree.Tiles(reader(tiles)).inclusion(index, size)
    root = naive_root(LEAVES[:size])
    assert path == naive_path(index, LEAVES[:size])
    assert tree.inclusion_holds(LEAVES[index], index, size, path, root)
    assert not tree.inclusion_holds(LEAVES[index + 1], index, size, path, root)
    assert not tree.inclusion_holds(LEAVES[index], index, size, [*path, root], root)
    assert not tree.inclusion_holds(LEAVES[index], index + 1, size, path, root)
    if path:
        assert not tree.inclusion_holds(LEAVES[index], index, size, path[:-1], root)


@settings(max_examples=150)
@given(st.integers(1, 700), st.data())
def test_consistency_proofs_are_those_of_the_rfc_and_hold_for_nothing_else(
    new: int, data: st.DataObject
) -> None:
    old = data.draw(st.integers(1, new))
    path = tree.Tiles(reader(grown(900)[1])).consistency(old, new)
    old_root, new_root = naive_root(LEAVES[:old]), naive_root(LEAVES[:new])
    assert path == naive_proof(old, LEAVES[:new])
    assert tree.consistency_holds(old, new, path, old_root, new_root)
    assert not tree.consistency_holds(old, new, [*path, new_root], old_root, new_root)
    assert not tree.consistency_holds(old, new, path, LEAVES[0][::-1], new_root)
    assert not tree.consistency_holds(old, new, path, old_root, LEAVES[0][::-1])
    if path:
        assert not tree.consistency_holds(old, new, path[1:], old_root, new_root)


def test_every_small_tree_is_consistent_with_every_smaller_one() -> None:
    tiles = tree.Tiles(reader(grown(40)[1]))
    roots = [naive_root(LEAVES[:n]) for n in range(41)]
    for new in range(41):
        for old in range(new + 1):
            assert tree.consistency_holds(old, new, tiles.consistency(old, new), roots[old], roots[new])


def test_the_known_roots_of_certificate_transparency_come_out() -> None:
    """Eight leaves and their root as in the reference tests of certificate-transparency."""
    data = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    it = tree.Tree()
    it.append([tree.leaf_hash(bytes.fromhex(text)) for text in data])
    assert it.root().hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_a_missing_tile_is_noticed() -> None:
    tiles = grown(600)[1]
    del tiles[0, 2]
    with pytest.raises(tree.TreeError):
        tree.Tree.load(600, reader(tiles))
    with pytest.raises(tree.TreeError):
        tree.Tiles(reader(tiles)).root(600)
    with pytest.raises(tree.TreeError):
        tree.Tiles(reader(tiles)).inclusion(600, 600)
    with pytest.raises(tree.TreeError):
        tree.Tiles(reader(tiles)).consistency(9, 8)


def test_a_copy_grows_alone() -> None:
    it, _ = grown(300)
    before = it.root()
    it.copy().append(LEAVES[300:400])
    assert (it.size, it.root()) == (300, before)
