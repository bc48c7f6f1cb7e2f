//! Which names a browser may call us by. A page of somebody else's can make its own name lead to this computer; the
//! browser then sends that name, and is turned away.

use std::net::IpAddr;

/// The names and the port we answer to.
#[derive(Debug, Clone)]
pub struct Hosts {
    port: u16,
    /// As given with `--host`, where that is a name.
    name: Option<String>,
    /// Reachable from other computers, by any address of this one.
    open: bool,
}

impl Hosts {
    /// `host` is what `--host` gave, `None` for this computer alone.
    pub fn new(host: Option<&str>, port: u16) -> Self {
        let address = host.and_then(|host| host.parse::<IpAddr>().ok());
        Self {
            port,
            name: host
                .filter(|_| address.is_none())
                .map(|name| name.trim_end_matches('.').to_ascii_lowercase()),
            open: host.is_some() && address.is_none_or(|address| !address.is_loopback()),
        }
    }

    /// True when `host`, the value of a Host header or the authority of an address, is ours.
    pub fn are_called(&self, host: &str) -> bool {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.contains(']') => {
                let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
                (name, port.parse::<u16>().ok().filter(|_| digits))
            }
            _ => (host, Some(80)),
        };
        if port != Some(self.port) {
            return false;
        }
        let name = name.to_ascii_lowercase();
        let bare = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'))
            .unwrap_or(&name);
        match bare.parse::<IpAddr>() {
            // Nobody's name can be turned into another address: that needs a name.
            Ok(address) => address.is_loopback() || self.open,
            Err(_) => name == "localhost" || self.name.as_deref() == Some(name.trim_end_matches('.')),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_computer_is_called_by_its_own_names_only() {
        let hosts = Hosts::new(None, 8164);
        for ours in ["localhost:8164", "LocalHost:8164", "127.0.0.1:8164", "[::1]:8164"] {
            assert!(hosts.are_called(ours), "{ours}");
        }
        for other in [
            "evil.example:8164",
            "localhost.evil.example:8164",
            "127.0.0.1.evil.example:8164",
            "localhost",
            "localhost:80",
            "localhost:81640",
            "localhost:+8164",
            "localhost:",
            "",
            ":8164",
            "192.168.1.4:8164",
            "localhost:8164@evil.example",
            "evil.example@localhost:8164",
            "[::1]",
            "[::1]8164",
        ] {
            assert!(!hosts.are_called(other), "{other}");
        }
    }

    #[test]
    fn the_port_of_the_web_needs_no_saying() {
        let hosts = Hosts::new(None, 80);
        assert!(hosts.are_called("localhost") && hosts.are_called("[::1]"));
    }

    #[test]
    fn an_open_server_answers_to_addresses_and_to_the_name_it_was_given() {
        let any = Hosts::new(Some("0.0.0.0"), 8164);
        assert!(any.are_called("192.168.1.4:8164") && any.are_called("localhost:8164"));
        assert!(!any.are_called("evil.example:8164"));
        let named = Hosts::new(Some("FrontDesk"), 8164);
        assert!(named.are_called("frontdesk:8164") && named.are_called("FRONTDESK.:8164"));
        assert!(!named.are_called("evil.example:8164"));
        let here = Hosts::new(Some("127.0.0.1"), 8164);
        assert!(!here.are_called("192.168.1.4:8164"));
    }
}
