from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import matplotlib
import numpy as np
import PIL.Image
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from tests.tracer.authoring.keeping import Keeping
from tests.tracer.authoring.web import Web
from tracer import image, plot, video
from tracer.authoring import drawing
from tracer.authoring.media import Picture, picture_of, video_suffix
from tracer.format import schema

matplotlib.use("Agg")
SVG = b'<?xml version="1.0"?>\n<!-- a > b -->\n<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30"/>'


def _encoded(form: str, size: tuple[int, int] = (30, 20), **how: object) -> bytes:
    file = io.BytesIO()
    PIL.Image.new("RGB", size, (200, 30, 30)).save(file, form, **how)  # type: ignore[arg-type]
    return file.getvalue()


def _pixels(data: bytes) -> np.ndarray:
    return np.asarray(PIL.Image.open(io.BytesIO(data)))


# ------------------------------------------------------------------------------------------------- what the bytes say


@pytest.mark.parametrize(
    ("form", "how", "suffix"),
    [
        ("PNG", {}, ".png"),
        ("JPEG", {}, ".jpg"),
        ("JPEG", {"progressive": True}, ".jpg"),
        ("GIF", {}, ".gif"),
        ("WEBP", {}, ".webp"),
        ("WEBP", {"lossless": True}, ".webp"),
        ("WEBP", {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0"}, ".webp"),
        ("BMP", {}, ".bmp"),
        ("AVIF", {}, ".avif"),
    ],
)
def test_sizes_are_read_from_the_header(form: str, how: dict[str, object], suffix: str) -> None:
    assert picture_of(_encoded(form, **how)) == Picture(suffix, 30, 20)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_on_its_side_has_the_size_that_browsers_give_it(orientation: int) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    found = picture_of(_encoded("JPEG", exif=exif))
    assert found == Picture(".jpg", *((20, 30) if orientation >= 5 else (30, 20)))


@pytest.mark.parametrize(
    ("tag", "size"),
    [
        (b'<svg width="60" height="30">', (60, 30)),
        (b"<svg width='1in' height='72pt' viewBox='0 0 5 5'/>", (96, 96)),
        (b'<svg viewBox="0 0 300 150" width="100%">', (300, 150)),
        (b'<svg viewBox="0,0,300,150" width="60">', (60, 30)),
        (b'<svg viewBox="0 0 300 150" height="60">', (120, 60)),
        (b'<svg:svg xmlns:svg="http://www.w3.org/2000/svg" width="2" height="3">', (2, 3)),
        (b'<!DOCTYPE svg [ <!ENTITY a "b"> ]>\n<svg width="2" height="3">', (2, 3)),
        (b'\xef\xbb\xbf  <svg width="2" height="3">', (2, 3)),
        (b'<svg stroke-width="9" data-height="9" viewBox="0 0 4 5">', (4, 5)),
        (b"<svg>", (None, None)),
        (b'<svg width="0" height="0" viewBox="0 0 0 0">', (None, None)),
        (b'<svg width="1e9" height="nan" viewBox="a b c d">', (None, None)),
    ],
)
def test_svg_sizes(tag: bytes, size: tuple[int | None, int | None]) -> None:
    assert picture_of(tag) == Picture(".svg", *size)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG",
        b"hello",
        b"<html><svg width='1'>",
        b"<!-- <svg> ",
        b"\0<svg>",
        b"<svgx>",
        b"%PDF-1.7",
        b"RIFFxxxxWAVE",
        b"<!" * 30_000,
    ],
)
def test_what_is_no_picture(data: bytes) -> None:
    assert picture_of(data) is None


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xd8\xff\xe1\x00\x20Exif\0\0II*\0", b"GIF89a", b"BM"])
    | st.sampled_from(
        [b"RIFF0000WEBPVP8 ", b"RIFF0000WEBPVP8L", b"RIFF0000WEBPVP8X", b"0000ftypavif", b"<svg ", b"<!--"]
    ),
    st.binary(max_size=80),
)
def test_any_bytes_have_a_sane_size_or_none(head: bytes, rest: bytes) -> None:
    found = picture_of(head + rest)
    if found is not None and found.width is not None:
        assert found.height is not None
        assert 0 <= found.width <= 1_000_000
        assert 0 <= found.height <= 1_000_000


def test_videos_are_known_by_their_bytes() -> None:
    assert video_suffix(b"\0\0\0\x20ftypisom") == ".mp4"
    assert video_suffix(b"\x1aE\xdf\xa3rest") == ".webm"
    assert video_suffix(b"OggSrest") == ".ogv"
    assert video_suffix(b"\0\0\0\x20ftypavif") is None
    assert video_suffix(b"<html>") is None


# --------------------------------------------------------------------------------------------------------- paths and widths


def test_a_picture_from_a_path(kept: Keeping, tmp_path: Path) -> None:
    data = _encoded("PNG")
    (tmp_path / "loss_curve-small.jpg").write_bytes(data)
    image("loss_curve-small.jpg")
    image(tmp_path / "loss_curve-small.jpg", alt="The loss falls")
    first, second = (output for output in kept.shown if isinstance(output, schema.Image))
    assert first.source.startswith("../files/")
    assert first.source.endswith(".png")  # by content, whatever the name says
    assert second.source == first.source
    assert kept.bytes_of(first.source) == data
    assert (first.width, first.height, first.alt) == (30, 20, "loss curve small")
    assert second.alt == "The loss falls"


@pytest.mark.parametrize(
    ("width", "size", "style"),
    [
        (60, (60, 40), {"color": "red"}),
        (15.4, (15, 10), {"color": "red"}),
        ("60", (60, 40), {"color": "red"}),
        ("50%", (30, 20), {"color": "red", "width": "50%"}),
        ("20em", (30, 20), {"color": "red", "width": "20em"}),
        (1, (1, 1), {"color": "red"}),
    ],
)
def test_width_keeps_the_ratio(
    kept: Keeping, width: float | str, size: tuple[int, int], style: dict[str, str | int | float]
) -> None:
    Path("a.svg").write_bytes(b'<svg width="30" height="20"/>')
    given = {"color": "red"}
    image("a.svg", given, width)  # type: ignore[arg-type]
    shown = kept.only(schema.Image)
    assert ((shown.width, shown.height), shown.style) == (size, style)
    assert given == {"color": "red"}


def test_a_picture_without_a_size_takes_the_width_alone(kept: Keeping) -> None:
    Path("a.svg").write_bytes(b"<svg/>")
    image("a.svg", width=50)
    assert (kept.only(schema.Image).width, kept.only(schema.Image).height) == (50, None)


def test_a_path_may_start_at_the_folder_of_the_lecture(kept: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path("lectures/images")
    folder.mkdir(parents=True)
    (folder / "a.svg").write_bytes(SVG)
    lecture = Path("lectures/lecture.py")
    lecture.write_text("from tracer import image\nimage('images/a.svg')")
    exec(compile(lecture.read_text(), str(lecture.resolve()), "exec"), {"__name__": "lecture"})
    assert kept.only(schema.Image).width == 60


def test_a_file_that_is_not_there_leaves_a_placeholder_with_near_misses(kept: Keeping) -> None:
    Path("images").mkdir()
    for name in ("loss_curve.png", "loss_curves.png", "other.png"):
        Path("images", name).write_bytes(_encoded("PNG"))
    image("images/los_curve.png")
    video("nowhere/film.mp4")
    picture, film = kept.shown
    assert picture == schema.Placeholder(
        of="image",
        label="images/los_curve.png",
        reason="there is no file images/los_curve.png. Did you mean loss_curve.png or loss_curves.png?",
    )
    assert film == schema.Placeholder(of="video", label="nowhere/film.mp4", reason="there is no file nowhere/film.mp4.")
    assert kept.said[0].startswith("image(images/los_curve.png): there is no file")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: os.mkfifo(path), "is not a plain file"),
        (lambda path: path.symlink_to("/dev/zero"), "is not a plain file"),
        (lambda path: path.write_bytes(b""), "it is not a picture that browsers show"),
        (lambda path: path.write_bytes(b"%PDF-1.7"), "it is not a picture that browsers show"),
        (lambda path: path.write_bytes(b"\n<!DOCTYPE html>"), "it is a web page, not a picture"),
        (lambda path: path.symlink_to("a.png"), "there is no file a.png."),
    ],
)
def test_files_that_are_no_pictures(kept: Keeping, make: object, sentence: str) -> None:
    make(Path("a.png").absolute())  # type: ignore[operator]
    image("a.png")
    assert sentence in kept.only(schema.Placeholder).reason
    assert len(kept.said) == 1


@pytest.mark.parametrize("path", ["a" * 5000 + ".png", "a\0b.png", "\ud800.png", "", "data:image/png;base64,AAAA"])
def test_hostile_paths(kept: Keeping, path: str) -> None:
    image(path)
    assert kept.only(schema.Placeholder).of == "image"


def test_a_file_too_large(kept: Keeping) -> None:
    with open("a.png", "wb") as file:
        file.truncate(300_000_000)
    image("a.png")
    assert kept.only(schema.Placeholder).reason == "a.png has 300 MB, more than 256."


def test_a_disk_that_refuses_does_not_stop_the_lecture(kept: Keeping) -> None:
    kept.files.write_text("a file where the folder should be")
    Path("a.svg").write_bytes(SVG)
    image("a.svg")
    assert "could not be stored" in kept.only(schema.Placeholder).reason


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("wrong", [None, 3, b"bytes", ["a.png"], np, object()])
def test_what_is_no_picture_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError, match=r"image\(\) takes a path, a web address, a matplotlib figure, .* not "):
        image(wrong)
    with pytest.raises(TypeError, match=r"video\(\) takes a path or a web address, not "):
        video(wrong)  # type: ignore[arg-type]


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("width", [0, -5, float("nan"), float("inf"), 1e9, "0", True, [5]])
def test_widths_that_are_none(width: object) -> None:
    with pytest.raises((TypeError, ValueError), match="width"):
        image("a.png", width=width)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="alt as a string"):
        image("a.png", alt=3)  # type: ignore[arg-type]


def test_without_the_tracer_nothing_is_read(tmp_path: Path) -> None:
    image(tmp_path / "none.png")
    video(tmp_path / "none.mp4")
    image(np.zeros((2, 2)))


# ------------------------------------------------------------------------------------------------------------- from the web


def test_a_picture_from_the_web_is_fetched_once(kept: Keeping, web: Web) -> None:
    url = web.body("/loss-curve?v=2", _encoded("PNG"), "text/plain")
    image(url, width=60)
    image(url, width=60)
    shown = kept.last(schema.Image)
    assert (shown.width, shown.height, shown.alt) == (60, 40, "loss curve")
    assert kept.bytes_of(shown.source) == _encoded("PNG")
    assert web.asked == ["/loss-curve?v=2"]


def test_a_picture_that_cannot_be_fetched(kept: Keeping, web: Web) -> None:
    image(web.address + "/none.png")
    image(web.body("/page", b"<!doctype html><p>Sign in"))
    video(web.body("/film", b"<!doctype html><p>Watch"))
    missing, page, film = (output for output in kept.shown if isinstance(output, schema.Placeholder))
    assert missing.reason.endswith("answered 404 Not Found.")
    assert missing.label == web.address + "/none.png"
    assert page.reason == "it is a web page, not a picture; link() leads to pages."
    assert film.reason == "it is a web page, not a video; link() leads to pages."
    assert len(kept.said) == 3


def test_a_video(kept: Keeping, web: Web) -> None:
    data = b"\0\0\0\x20ftypisom" + bytes(100)
    Path("the_film.bin").write_bytes(data)
    video("the_film.bin", width=400)
    video(web.body("/film.mp4", data), {"opacity": 1}, "50%", "A film")
    local, fetched = (output for output in kept.shown if isinstance(output, schema.Video))
    assert local.source == fetched.source
    assert local.source.endswith(".mp4")
    assert (local.style, local.alt) == ({"width": 400}, "the film")
    assert (fetched.style, fetched.alt) == ({"opacity": 1, "width": "50%"}, "A film")


# ------------------------------------------------------------------------------------------------------------------ figures


def _figure() -> Figure:
    figure = Figure(figsize=(4, 3))
    axes = figure.subplots()
    axes.plot([1, 2, 3], label="train")
    axes.set(xlabel="step", ylabel="loss", title="Training\nloss")
    axes.legend()
    return figure


def test_a_figure_is_an_svg_and_the_same_one_every_time(kept: Keeping) -> None:
    matplotlib.rcParams["svg.fonttype"] = "none"
    image(_figure())
    plot(_figure())
    first, second = (output for output in kept.shown if isinstance(output, schema.Image))
    assert first == second
    data = kept.bytes_of(first.source)
    assert first.source.endswith(".svg")
    assert b"<text" not in data
    assert b"<dc:date>" not in data
    assert first.alt == "Training loss: loss against step"
    assert first.width is not None
    assert 200 < first.width < 4.2 * 96
    assert matplotlib.rcParams["svg.fonttype"] == "none"
    matplotlib.rcParams["svg.fonttype"] = "path"


def test_axes_lead_to_their_figure(kept: Keeping) -> None:
    axes = _figure().axes[0]
    plot(axes)
    plot(axes.lines[0], alt="A line")
    first, second = (output for output in kept.shown if isinstance(output, schema.Image))
    assert first.source == second.source
    assert second.alt == "A line"


def test_a_figure_stays_its_authors(kept: Keeping) -> None:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    axes.plot([1, 2])
    image(figure, width=300)
    assert plt.fignum_exists(figure.number)
    axes.plot([2, 1])
    image(figure, width=300)
    plt.close(figure)
    first, second = (output for output in kept.shown if isinstance(output, schema.Image))
    assert first.source != second.source
    assert first.width == 300


def test_a_figure_too_heavy_as_svg_becomes_a_png_at_twice_the_size(
    kept: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    image(_figure())
    monkeypatch.setattr(drawing, "LARGEST_SVG", 5_000)
    image(_figure())
    vector, raster = (output for output in kept.shown if isinstance(output, schema.Image))
    assert raster.source.endswith(".png")
    assert vector.width is not None
    assert raster.width is not None
    assert abs(vector.width - raster.width) <= 2
    pixels = _pixels(kept.bytes_of(raster.source))
    assert abs(pixels.shape[1] - 2 * raster.width) <= 1


def test_a_figure_that_cannot_be_drawn(kept: Keeping) -> None:
    figure = _figure()
    figure.axes[0].set_title("$\\frac{1$")
    plot(figure)
    placeholder = kept.only(schema.Placeholder)
    assert placeholder.of == "plot"
    assert placeholder.reason.startswith("matplotlib could not draw it (ValueError: ")
    assert len(kept.said) == 1


# ------------------------------------------------------------------------------------------------------- arrays and tensors


def _drawn(kept: Keeping) -> np.ndarray:
    return _pixels(kept.bytes_of(kept.last(schema.Image).source))


@pytest.mark.parametrize(
    ("array", "pixels"),
    [
        (np.array([[0, 128, 255]], np.uint8), [[0, 128, 255]]),
        (np.array([[0, 10]]), [[0, 255]]),
        (np.array([[-1.0, 0.0, 1.0]]), [[0, 128, 255]]),
        (np.array([[-1.0, 0.0, 1.0]], np.float16), [[0, 128, 255]]),
        (np.array([[-1.7e308, 1.7e308]]), [[0, 255]]),
        (np.array([[True, False]]), [[255, 0]]),
        (np.full((1, 2), 7.0), [[128, 128]]),
        (np.array([[[5], [6]]]), [[0, 255]]),
        (np.array([[0, 1], [2, 255]], np.uint8)[:, ::-1].T, [[1, 255], [0, 2]]),
    ],
)
def test_grey_arrays(kept: Keeping, array: np.ndarray, pixels: list[list[int]]) -> None:
    image(array)
    assert _drawn(kept).tolist() == pixels
    assert kept.said == []


def test_what_is_not_finite_is_transparent(kept: Keeping) -> None:
    image(np.array([[0.0, np.nan, np.inf, 2.0]]))
    assert _drawn(kept).tolist() == [[[0, 255], [0, 0], [0, 0], [255, 255]]]
    image(np.full((1, 1), np.nan))
    assert _drawn(kept).tolist() == [[[0, 0]]]
    image(np.ma.MaskedArray([[1, 2]], [[True, False]]))
    assert _drawn(kept).tolist() == [[[0, 0], [128, 255]]]


@pytest.mark.parametrize(
    ("array", "pixels", "told"),
    [
        (np.array([[[1, 2, 3]]], np.uint8), [[[1, 2, 3]]], False),
        (np.array([[[0.0, 0.5, 1.0, 0.25]]]), [[[0, 128, 255, 64]]], False),
        (np.array([[[1, 200, 3]]]), [[[1, 200, 3]]], False),
        (np.array([[[-0.5, 0.5, 7.0]]], np.float32), [[[0, 128, 255]]], True),
        (np.array([[[-4, 5, 300]]]), [[[0, 5, 255]]], True),
        (np.array([[[np.nan, np.inf, -np.inf]]]), [[[0, 255, 0]]], True),
        (np.array([[[True, False, True]]]), [[[255, 0, 255]]], False),
    ],
)
def test_coloured_arrays(kept: Keeping, array: np.ndarray, pixels: object, told: bool) -> None:
    image(array)
    assert _drawn(kept).tolist() == pixels
    assert bool(kept.said) == told


def test_small_arrays_are_enlarged_as_squares(kept: Keeping) -> None:
    image(np.arange(6).reshape(2, 3), width=300)
    shown = kept.only(schema.Image)
    assert (shown.width, shown.height) == (300, 200)
    assert shown.style == {"imageRendering": "pixelated"}
    assert shown.alt == "Values from 0 (black) to 5 (white), 3 × 2 pixels"


def test_huge_arrays_are_thinned_and_the_author_told(kept: Keeping) -> None:
    image(np.zeros((3, 10_000), np.uint8))
    assert _drawn(kept).shape == (1, 3334)
    assert "one in 3" in kept.said[0]


def test_the_png_is_one_that_the_standard_allows(kept: Keeping) -> None:
    image(np.arange(6, dtype=np.uint8).reshape(2, 3))
    data, at = kept.bytes_of(kept.only(schema.Image).source), 8
    names = []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length) == (zlib.crc32(name + body),)
        names.append(name)
        at += 12 + length
    assert names == [b"IHDR", b"IDAT", b"IEND"]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.int64, torch.bool])
def test_tensors(kept: Keeping, dtype: torch.dtype) -> None:
    image(torch.tensor([[0, 1]], dtype=dtype))
    assert _drawn(kept).tolist() == [[0, 255]]


def test_a_tensor_that_needs_gradients_and_one_without_data(kept: Keeping) -> None:
    image(torch.tensor([[0.0, 1.0]], requires_grad=True))
    assert _drawn(kept).tolist() == [[0, 255]]
    image(torch.zeros(2, 2, device="meta"))
    assert "its elements cannot be read" in kept.last(schema.Placeholder).reason


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("shape", [(3,), (2, 2, 2), (2, 2, 2, 2), (0, 5), (), (5, 0, 3)])
def test_arrays_that_have_not_the_shape_of_a_picture(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"height × width"):
        image(np.zeros(shape))


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize(
    "array", [np.array([["a"]]), np.array([[1j]]), np.array([[None]]), torch.zeros(1, 1, dtype=torch.complex64)]
)
def test_arrays_that_hold_no_numbers(array: object) -> None:
    with pytest.raises(TypeError, match="an array of numbers"):
        image(array)


# --------------------------------------------------------------------------------------------------------------- PIL images


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "I;16"])
def test_pil_images_of_every_mode(kept: Keeping, mode: str) -> None:
    image(PIL.Image.new(mode, (3, 2)))
    assert (kept.last(schema.Image).width, kept.last(schema.Image).height) == (3, 2)
    assert _drawn(kept).shape[:2] == (2, 3)


@pytest.mark.parametrize("mode", ["I", "F"])
def test_pil_images_of_numbers_are_scaled(kept: Keeping, mode: str) -> None:
    picture = PIL.Image.new(mode, (2, 1))
    picture.putpixel((0, 0), 1000)
    picture.putpixel((1, 0), 3000)
    image(picture)
    assert _drawn(kept).tolist() == [[0, 255]]


def test_a_pil_image_whose_file_is_broken(kept: Keeping) -> None:
    Path("a.png").write_bytes(_encoded("PNG", (300, 300))[:100])
    image(PIL.Image.open("a.png"))
    assert "PIL could not write it" in kept.only(schema.Placeholder).reason
