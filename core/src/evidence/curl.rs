//! Requests as command lines of curl.

use super::exchange::Exchange;

/// Options of curl that take a word; of all others the word behind them is not theirs.
const WITH_WORD: [&str; 40] = [
    "-A",
    "--user-agent",
    "-b",
    "--cookie",
    "-c",
    "--cookie-jar",
    "-C",
    "-D",
    "--dump-header",
    "-e",
    "--referer",
    "-F",
    "--form",
    "-E",
    "--cert",
    "--key",
    "--cacert",
    "-K",
    "--config",
    "-m",
    "--max-time",
    "--connect-timeout",
    "-o",
    "--output",
    "-r",
    "--range",
    "--resolve",
    "--retry",
    "-T",
    "--upload-file",
    "-u",
    "--user",
    "-w",
    "--write-out",
    "-x",
    "--proxy",
    "-y",
    "-Y",
    "-z",
    "--connect-to",
];

/// Every curl line of a text.
pub(super) fn find(text: &str) -> Vec<Exchange> {
    let starts = text.match_indices("curl ").filter(|(at, _)| {
        let before = text[..*at].trim_end_matches([' ', '\t', '$', '#', '%']);
        before.is_empty() || before.ends_with(['\n', '\r', '`', ';', '|', '&'])
    });
    let starts: Vec<usize> = starts.map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| exchange(&text[start + "curl".len()..end])).collect()
}

fn exchange(line: &str) -> Option<Exchange> {
    let (words, rest) = words(line);
    let (mut found, mut data, mut is_get, mut method) = (Exchange::default(), Vec::<String>::new(), false, None);
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        // `-XPOST` and `--request=POST` are two words written as one.
        let (name, glued) = match word.split_once('=') {
            Some((name, value)) if word.starts_with("--") => (name.to_owned(), Some(value.to_owned())),
            _ if ["-X", "-H", "-d"].iter().any(|short| word.starts_with(short)) && word.len() > 2 => {
                (word[..2].to_owned(), Some(word[2..].to_owned()))
            }
            _ => (word.clone(), None),
        };
        match name.as_str() {
            "-X" | "--request" => method = glued.or_else(|| words.next()),
            "-H" | "--header" => {
                let text = glued.or_else(|| words.next())?;
                found.headers.extend(text.split_once(':').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())));
            }
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" | "--data-urlencode" | "--json" => {
                if name == "--json" {
                    found.headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
                }
                data.extend(glued.or_else(|| words.next()));
            }
            "-G" | "--get" => is_get = true,
            "-I" | "--head" => method = Some("HEAD".to_owned()),
            "--url" => found.url = glued.or_else(|| words.next())?,
            name if WITH_WORD.contains(&name) && glued.is_none() => drop(words.next()),
            name if name.starts_with('-') => {}
            _ if found.url.is_empty() => found.url = word,
            _ => {}
        }
    }
    let body = data.join("&");
    if is_get && !body.is_empty() {
        found.url = format!("{}{}{body}", found.url, if found.url.contains('?') { "&" } else { "?" });
    } else {
        found.body = body.into_bytes();
    }
    let has_type = found.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if !found.body.is_empty() && !has_type {
        found.headers.push(("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
    }
    found.method = method.unwrap_or_else(|| if found.body.is_empty() { "GET" } else { "POST" }.to_owned());
    if !found.url.contains("://") {
        found.url.insert_str(0, "https://");
    }
    found.answer = rest.to_owned();
    (found.url.len() > "https://".len()).then_some(found)
}

/// The words of a command as a shell reads them, up to the end of its line; and what stands behind it.
fn words(line: &str) -> (Vec<String>, &str) {
    let (mut words, mut word, mut is_word) = (Vec::new(), String::new(), false);
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' | '^' if matches!(chars.peek(), Some((_, '\n' | '\r'))) => {
                while matches!(chars.peek(), Some((_, '\n' | '\r'))) {
                    chars.next();
                }
            }
            '\\' => {
                is_word = true;
                word.extend(chars.next().map(|(_, c)| c));
            }
            '$' if matches!(chars.peek(), Some((_, '\''))) => {
                chars.next();
                is_word = true;
                ansi(&mut chars, &mut word);
            }
            '\'' => {
                is_word = true;
                word.extend(chars.by_ref().map(|(_, c)| c).take_while(|c| *c != '\''));
            }
            '"' => {
                is_word = true;
                while let Some((_, c)) = chars.next().filter(|(_, c)| *c != '"') {
                    let escaped = (c == '\\').then(|| chars.next_if(|(_, c)| matches!(c, '"' | '\\' | '$' | '`'))).flatten();
                    word.push(escaped.map_or(c, |(_, c)| c));
                }
            }
            '\n' | '\r' | '|' | ';' | '>' => {
                end(&mut words, &mut word, &mut is_word);
                return (words, line.get(at + 1..).unwrap_or_default());
            }
            c if c.is_whitespace() => end(&mut words, &mut word, &mut is_word),
            c => {
                is_word = true;
                word.push(c);
            }
        }
    }
    end(&mut words, &mut word, &mut is_word);
    (words, "")
}

fn end(words: &mut Vec<String>, word: &mut String, is_word: &mut bool) {
    if *is_word {
        words.push(std::mem::take(word));
    }
    *is_word = false;
}

/// The rest of `$'…'`, with its escapes undone.
fn ansi(chars: &mut impl Iterator<Item = (usize, char)>, word: &mut String) {
    while let Some((_, c)) = chars.next().filter(|(_, c)| *c != '\'') {
        if c != '\\' {
            word.push(c);
            continue;
        }
        match chars.next().map(|(_, c)| c) {
            Some('n') => word.push('\n'),
            Some('r') => word.push('\r'),
            Some('t') => word.push('\t'),
            Some('u') => {
                let hex: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                word.extend(u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32));
            }
            other => word.extend(other),
        }
    }
}
