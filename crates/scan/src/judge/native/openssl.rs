//! Which providers OpenSSL's configuration gives a program that asks for nothing itself (config(5), `fips_module`(7)).

use inspect::integrity::openssl::stated_mac;
use inspect::openssl_conf::OpenSslConf;
use vocab::Sha256;

/// The provider's section, and what else is on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Activation {
    /// The FIPS provider is activated.
    pub(super) fips: bool,
    /// `module-mac` of its section.
    pub(super) mac: Option<Sha256>,
    /// `module` of its section: the file, where it is named.
    pub(super) file: Option<String>,
    /// Another provider with algorithms is activated beside it.
    pub(super) others: Vec<String>,
    /// `default_properties` contains `fips=yes`.
    pub(super) only_fips: bool,
    /// The reader's problems.
    pub(super) problems: Vec<String>,
}

/// Providers that hold no algorithm a program could ask for.
const WITHOUT_ALGORITHMS: &[&str] = &["base", "null"];

impl Activation {
    pub(super) fn of(conf: &OpenSslConf) -> Self {
        let mut activation = Self { problems: conf.problems.clone(), ..Self::default() };
        let value = |section: &str, name: &str| conf.get(section, name);
        let Some(start) = value("default", "openssl_conf") else { return activation };
        let providers = value(start, "providers").unwrap_or_default();
        for (name, section) in conf.section(providers) {
            if !is_on(value(section, "activate")) {
                continue;
            }
            let identity = value(section, "identity").unwrap_or(name);
            if identity == "fips" {
                activation.fips = true;
                activation.mac = value(section, "module-mac").and_then(stated_mac);
                activation.file = value(section, "module").map(str::to_owned);
            } else if !WITHOUT_ALGORITHMS.contains(&identity) {
                activation.others.push(identity.to_owned());
            }
        }
        let algorithms = value(start, "alg_section").unwrap_or_default();
        let properties = value(algorithms, "default_properties").unwrap_or_default();
        activation.only_fips = properties.split(',').any(|property| {
            let plain: String = property.chars().filter(|c| !c.is_whitespace()).collect();
            plain == "fips=yes" || plain == "fips"
        });
        activation
    }

    /// Whether whatever a program asks for comes from the FIPS provider.
    pub(super) fn is_active(&self) -> bool {
        self.fips && self.problems.is_empty() && (self.others.is_empty() || self.only_fips)
    }

    /// Why not, in words.
    pub(super) fn why_not(&self) -> String {
        match (self.fips, self.problems.first()) {
            (_, Some(problem)) => format!("the configuration has a fault: {problem}"),
            (false, None) => "no section of the configuration activates `fips`".to_owned(),
            (true, None) => format!(
                "`{}` is activated beside `fips`, and `default_properties` does not say `fips=yes`",
                self.others.join("`, `")
            ),
        }
    }
}

/// OpenSSL 3.0 takes the values of its booleans in these words; newer versions refuse others.
fn is_on(value: Option<&str>) -> bool {
    value.is_some_and(|value| {
        ["1", "yes", "on", "true"].contains(&value.trim().to_ascii_lowercase().as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use inspect::openssl_conf::ConfLimits;

    fn activation(text: &str) -> Activation {
        let conf = OpenSslConf::read(text.as_bytes(), &ConfLimits::default(), &|_| Vec::new());
        Activation::of(&conf)
    }

    const GOOD: &str = "openssl_conf = start\n[start]\nproviders = all\nalg_section = alg\n[all]\nfips = fips_sect\nbase = base_sect\n\
        [base_sect]\nactivate = 1\n[fips_sect]\nactivate = 1\nmodule-mac = 42:AF\n[alg]\ndefault_properties = fips=yes\n";

    #[test]
    fn fips_and_base_alone_are_active_and_every_way_out_is_not() {
        assert!(activation(GOOD).is_active());
        let without = |from: &str, to: &str| activation(&GOOD.replace(from, to)).is_active();
        assert!(!without("openssl_conf = start\n", ""), "never read");
        assert!(!without("fips = fips_sect\n", ""));
        assert!(!without("[fips_sect]\nactivate = 1", "[fips_sect]\nactivate = 0"));
        assert!(!without("[alg]", ".include fipsmodule.cnf\n[alg]"), "a missing file fails open");
        let default = |properties: &str| {
            let text =
                GOOD.replace("base = base_sect\n", "base = base_sect\ndefault = default_sect\n");
            let text = text.replace("fips=yes", properties);
            activation(&format!("{text}[default_sect]\nactivate = 1\n"))
        };
        assert!(default("fips = yes").is_active());
        assert!(!default("?fips=yes").is_active(), "a preference is no rule");
        assert!(default("").why_not().contains("default"));
    }
}
