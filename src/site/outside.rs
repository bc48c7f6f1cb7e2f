//! Addresses of other sites, as a page may hold them.

/// An address of the web or of a mailbox as HTML allows it: what no address holds is written as its code. `None` where
/// browsers would go nowhere, or elsewhere than it seems: no host, one that can't be, or a name before an `@`.
pub(super) fn address(target: &str) -> Option<String> {
    let (scheme, rest) = target.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return (!rest.is_empty()).then(|| format!("{scheme}:{}", encoded(rest)));
    }
    let rest = rest.strip_prefix("//")?;
    let (host, path) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
    is_host(host).then(|| format!("{scheme}://{host}{}", encoded(path)))
}

/// Path, question and place within the page. A `%` that begins no code becomes one, and so does a second `#`.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut placed = false;
    for (at, c) in text.char_indices() {
        let is_code = || {
            let digits = text.as_bytes().get(at + 1..at + 3);
            digits.is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
        };
        let stays = match c {
            '%' => is_code(),
            '#' => !std::mem::replace(&mut placed, true),
            ' '..='~' => c.is_ascii_alphanumeric() || "!$&'()*+,-./:;=?@_~".contains(c),
            _ => {
                !c.is_control()
                    && !c.is_whitespace()
                    && (c as u32) & 0xfffe != 0xfffe
                    && !('\u{fdd0}'..='\u{fdef}').contains(&c)
            }
        };
        if stays {
            out.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    out
}

/// A host with or without a port: a name, four numbers, or an address in square brackets.
fn is_host(text: &str) -> bool {
    if let Some(rest) = text.strip_prefix('[') {
        let Some((inside, after)) = rest.split_once(']') else {
            return false;
        };
        return inside.parse::<core::net::Ipv6Addr>().is_ok() && (after.is_empty() || is_port(after));
    }
    let (name, port) = text.split_at(text.find(':').unwrap_or(text.len()));
    if !port.is_empty() && !is_port(port) {
        return false;
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or_default();
    if last.starts_with(|c: char| c.is_ascii_digit()) {
        return name.parse::<core::net::Ipv4Addr>().is_ok();
    }
    name.len() <= 253 && name.split('.').all(is_label)
}

fn is_port(text: &str) -> bool {
    let digits = text.strip_prefix(':').unwrap_or(text);
    digits.bytes().all(|b| b.is_ascii_digit()) && (digits.is_empty() || digits.parse::<u16>().is_ok())
}

/// One part of a host's name. Letters of every script, as they are typed.
fn is_label(label: &str) -> bool {
    label.len() <= 63
        && label.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        && !label.ends_with('-')
        && !label.eq_ignore_ascii_case("xn--")
        && label
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_address_holds_is_written_as_its_code() {
        for (typed, written) in [
            ("https://a.example/x?a=b&c=d#e", "https://a.example/x?a=b&c=d#e"),
            ("https://a.example/\\[", "https://a.example/%5C%5B"),
            ("https://a.example?find=\\*", "https://a.example?find=%5C*"),
            ("https://a.example/?q=][r]", "https://a.example/?q=%5D%5Br%5D"),
            (
                "https://a.example/100%/50%25#a#b",
                "https://a.example/100%25/50%25#a%23b",
            ),
            ("https://münchen.example/é", "https://münchen.example/é"),
            ("http://10.0.0.7:8080/a b", "http://10.0.0.7:8080/a%20b"),
            ("http://[::1]/", "http://[::1]/"),
            (
                "mailto:a@b.example?subject=x y",
                "mailto:a@b.example?subject=x%20y",
            ),
            ("tel:1 2", "tel:1%202"),
        ] {
            assert_eq!(address(typed).as_deref(), Some(written), "{typed}");
        }
    }

    #[test]
    fn what_leads_nowhere_or_elsewhere_is_no_address() {
        for typed in [
            "https://",
            "https:a.example",
            "https:///a.example",
            "https://../",
            "https://a..b/",
            "https://your bank/",
            "https://bank.example@a.example/",
            "https://a.example:99999/",
            "https://a.example:x/",
            "http://256.1.1.1/",
            "http://[zz]/",
            "http://a,b/",
            "mailto:",
        ] {
            assert_eq!(address(typed), None, "{typed}");
        }
    }
}
