//! JSON without double meanings: what we read has no duplicate keys, what we write has one spelling.
//!
//! RFC 8259 section 4 leaves duplicate names open, and common readers silently keep the last one, so two programs can
//! read two manifests from the same signed bytes. Such bytes are refused before anything is read from them.

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, de::DeserializeOwned};
use std::{collections::HashSet, fmt};

/// Which numbers a document may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// Integers only: a float has no single spelling.
    Integers,
    /// Any JSON number (documents of other formats).
    Any,
}

/// Reads a typed value from bytes that have only one meaning.
pub(crate) fn read<T: DeserializeOwned>(
    bytes: &[u8],
    numbers: Numbers,
) -> Result<T, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    Unambiguous(numbers).deserialize(&mut reader)?;
    reader.end()?;
    serde_json::from_slice(bytes)
}

/// The one spelling of a value: no white space, keys sorted by bytes, UTF-8, a line feed at the end.
pub(crate) fn write<T: Serialize>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    let sorted = sorted(serde_json::to_value(value)?);
    let mut bytes = serde_json::to_vec(&sorted)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// `serde_json`'s map is sorted unless some crate in the tree turns on `preserve_order`; this does not depend on it.
fn sorted(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(map) => {
            let mut fields: Vec<_> =
                map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// Walks any JSON value and keeps nothing but the keys of the object it is in. `serde_json` limits the depth to 128.
#[derive(Clone, Copy)]
struct Unambiguous(Numbers);

impl<'de> DeserializeSeed<'de> for Unambiguous {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unambiguous {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<(), E> {
        if self.0 == Numbers::Any {
            Ok(())
        } else {
            Err(E::custom(format_args!("{number} is not an integer")))
        }
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = fields.next_key::<String>()? {
            fields.next_value_seed(self)?;
            if let Some(twice) = seen.replace(key) {
                return Err(A::Error::custom(format_args!(
                    "the key `{}` stands twice in one object",
                    twice.escape_debug()
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn duplicate_keys_floats_and_trailing_bytes_are_refused_at_any_depth() {
        for bad in [
            r#"{"a":1,"a":2}"#,
            r#"{"x":[{"b":1,"\u0062":2}]}"#,
            r#"{"a":1.5}"#,
            r#"{"a":1e3}"#,
            r#"{"a":1} x"#,
            "",
            r#"{"a":"#,
            r#"{"a":99999999999999999999}"#,
        ] {
            assert!(read::<Value>(bad.as_bytes(), Numbers::Integers).is_err(), "{bad}");
        }
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert!(read::<Value>(deep.as_bytes(), Numbers::Any).is_err());
        assert!(read::<Value>(br#"{"a":1.5,"b":{"a":null}}"#, Numbers::Any).is_ok());
    }

    #[test]
    fn the_same_value_has_the_same_bytes_whatever_the_order_of_its_keys() {
        let a: Value =
            serde_json::from_str(r#"{"b":{"d":1,"c":[{"z":1,"y":2}]},"a":"x"}"#).unwrap();
        assert_eq!(
            write(&a).unwrap(),
            b"{\"a\":\"x\",\"b\":{\"c\":[{\"y\":2,\"z\":1}],\"d\":1}}\n"
        );
    }
}
