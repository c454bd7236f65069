//! Reading Python's texts. Until Python 3.10 its stable interface has no way to read one that makes no object in between, so
//! there are two wheels, and two ways here.

use pyo3::prelude::*;
use pyo3::types::PyString;

/// Appends a text; `None` where it cannot be UTF-8: it holds a lone surrogate.
#[cfg(not(feature = "py39"))]
pub(crate) fn push_text(out: &mut String, text: &Bound<'_, PyString>) -> Option<()> {
    out.push_str(text.to_str().ok()?);
    Some(())
}

/// Appends a text; `None` where it cannot be UTF-8: it holds a lone surrogate.
#[cfg(feature = "py39")]
pub(crate) fn push_text(out: &mut String, text: &Bound<'_, PyString>) -> Option<()> {
    const MOST: usize = 64;
    let mut points = [0; MOST];
    let Some(points) = code_points(text, &mut points) else {
        out.push_str(&text.to_cow().ok()?);
        return Some(());
    };
    if points.iter().all(|point| *point < 0x80) {
        let mut bytes = [0; MOST];
        bytes.iter_mut().zip(points).for_each(|(byte, point)| *byte = *point as u8);
        out.push_str(std::str::from_utf8(&bytes[..points.len()]).ok()?);
        return Some(());
    }
    points.iter().try_for_each(|point| char::from_u32(*point).map(|char| out.push(char)))
}

/// The code points of a text that is no longer than the buffer: names, ids, nearly all.
#[cfg(feature = "py39")]
fn code_points<'a>(text: &Bound<'_, PyString>, buffer: &'a mut [u32]) -> Option<&'a [u32]> {
    use pyo3::ffi;
    // SAFETY: it is a text, and the buffer is as long as is said.
    let length = unsafe { ffi::PyUnicode_GetLength(text.as_ptr()) };
    let length = usize::try_from(length).ok().filter(|length| *length <= buffer.len())?;
    // SAFETY: the same. It cannot fail where the text fits.
    let read = unsafe { ffi::PyUnicode_AsUCS4(text.as_ptr(), buffer.as_mut_ptr(), length as ffi::Py_ssize_t, 0) };
    if read.is_null() {
        let _ = PyErr::take(text.py());
        return None;
    }
    Some(&buffer[..length])
}
