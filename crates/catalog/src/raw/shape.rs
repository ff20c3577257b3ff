//! A spanned TOML tree held against a JSON schema: the schema that editors use is the one that is checked, because both
//! come from the same Rust type.
//!
//! serde stops at the first unknown key or wrong type. This walk reports each of them and removes what cannot be used, so
//! that the rest of the file is judged in the same run.

use super::{FindingCode, Leaf as _, Sink, leaf};
use crate::KnownCode;
use crate::nearest::{did_you_mean, list, quoted};
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// The schema of a file, as editors and this walk use it: everything inline, and no `null`, which TOML cannot write.
///
/// Where a finding code is asked for, the valid ones are `codes`.
pub(crate) fn schema_of<T: JsonSchema>(codes: &[KnownCode]) -> Value {
    let settings = SchemaSettings::draft07().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    without_null(&mut schema);
    with_codes(&mut schema, codes);
    schema
}

/// Lists the finding codes wherever one is asked for.
fn with_codes(schema: &mut Value, codes: &[KnownCode]) {
    match schema {
        Value::Object(object) => {
            if object.get("format").is_some_and(|format| format == FindingCode::FORMAT) {
                object.remove("format");
                let codes = codes.iter().map(|known| Value::from(known.code)).collect();
                object.insert("enum".to_owned(), Value::Array(codes));
            }
            object.values_mut().for_each(|value| with_codes(value, codes));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| with_codes(item, codes)),
        _ => {}
    }
}

/// Removes what serde's `Option` and defaults leave in a schema and TOML cannot express.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.retain(|key, value| !(key == "default" && value.is_null()));
            for key in ["type", "enum"] {
                let Some(Value::Array(choices)) = object.get_mut(key) else { continue };
                choices.retain(|choice| !choice.is_null() && choice != "null");
                if key == "type" && choices.len() == 1 {
                    let only = choices.remove(0);
                    object.insert(key.to_owned(), only);
                }
            }
            object.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

/// Whether the value is usable after everything unusable was removed from it. `what` names it in messages.
pub(super) fn fit(
    value: &mut Spanned<DeValue>,
    schema: &Value,
    what: &str,
    sink: &mut Sink,
) -> bool {
    let span = value.span();
    let wanted = schema.get("type").and_then(Value::as_str).unwrap_or_default();
    match (wanted, value.get_mut()) {
        ("object", DeValue::Table(table)) => fit_table(table, &span, schema, what, sink),
        ("array", DeValue::Array(array)) => fit_array(array, &span, schema, what, sink),
        ("string", DeValue::String(text)) => fit_string(text, &span, schema, sink),
        ("integer", DeValue::Integer(integer)) => {
            let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
            fit_integer(number, &span, schema, what, sink)
        }
        ("boolean", DeValue::Boolean(_)) => true,
        (_, found) => {
            sink.push(
                &span,
                format!("{what} takes {}, not {}", kind_of_type(wanted), kind_of_value(found)),
                None,
            );
            false
        }
    }
}

fn fit_table(
    table: &mut DeTable,
    span: &Range<usize>,
    schema: &Value,
    what: &str,
    sink: &mut Sink,
) -> bool {
    let no_keys = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&no_keys);
    let others = schema.get("additionalProperties").filter(|others| others.is_object());
    let mut usable = true;
    let required = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    for key in required.clone().filter(|key| !table.contains_key(*key)) {
        sink.push(span, format!("`{key}` is missing in {what}"), description(properties.get(key)));
        usable = false;
    }
    for (key, mut value) in std::mem::replace(table, DeTable::new()) {
        let name = key.get_ref().as_ref();
        match properties.get(name).or(others) {
            None => unknown_key(name, &key.span(), properties, what, sink),
            Some(schema) if fit(&mut value, schema, &quoted(name), sink) => {
                table.insert(key, value);
            }
            Some(_) => usable &= required.clone().all(|required| required != name),
        }
    }
    usable
}

fn unknown_key(
    name: &str,
    span: &Range<usize>,
    properties: &Map<String, Value>,
    what: &str,
    sink: &mut Sink,
) {
    let valid = || properties.keys().map(String::as_str);
    let message = format!("unknown key {} in {what}; it takes {}", quoted(name), list(valid()));
    sink.push(span, message, did_you_mean(name, valid()));
}

fn fit_array(
    array: &mut DeArray,
    span: &Range<usize>,
    schema: &Value,
    what: &str,
    sink: &mut Sink,
) -> bool {
    let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0);
    if (array.len() as u64) < least {
        sink.push(span, format!("{what} is empty; it takes at least {least}"), None);
    }
    let items = schema.get("items").unwrap_or(&Value::Null);
    let one = format!("an element of {what}");
    let all = std::mem::replace(array, DeArray::new());
    *array = all
        .into_iter()
        .filter_map(|mut item| fit(&mut item, items, &one, sink).then_some(item))
        .collect();
    true
}

fn fit_string(text: &str, span: &Range<usize>, schema: &Value, sink: &mut Sink) -> bool {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        let words = || words.iter().filter_map(Value::as_str);
        let known = words().any(|word| word == text);
        if !known {
            let title = schema.get("title").and_then(Value::as_str).unwrap_or("word");
            let message =
                format!("unknown {title} {}; it is one of {}", quoted(text), list(words()));
            sink.push(span, message, did_you_mean(text, words()));
        }
        return known;
    }
    let check = schema.get("format").and_then(Value::as_str).and_then(leaf::check_of);
    match check.map_or(Ok(()), |check| check(text)) {
        Ok(()) => true,
        Err(message) => {
            sink.push(span, message, None);
            false
        }
    }
}

fn fit_integer(
    number: Option<i64>,
    span: &Range<usize>,
    schema: &Value,
    what: &str,
    sink: &mut Sink,
) -> bool {
    let bound = |key| schema.get(key).and_then(Value::as_i64);
    let (least, most) =
        (bound("minimum").unwrap_or(0), bound("maximum").unwrap_or(i64::from(u32::MAX)));
    let fits = number.is_some_and(|number| (least..=most).contains(&number));
    if !fits {
        sink.push(span, format!("{what} takes a whole number from {least} to {most}"), None);
    }
    fits
}

/// The first sentence of a key's description is the remedy for leaving it out.
fn description(schema: Option<&Value>) -> Option<String> {
    let text = schema?.get("description")?.as_str()?;
    let sentence = text.split(". ").next().unwrap_or(text).trim_end_matches('.');
    Some(format!("it is {}", lower_first(sentence)).replace('\n', " "))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

fn kind_of_type(wanted: &str) -> &'static str {
    match wanted {
        "object" => "a table",
        "array" => "an array",
        "string" => "a string",
        "integer" => "a whole number",
        "boolean" => "`true` or `false`",
        _ => "another kind of value",
    }
}

fn kind_of_value(found: &DeValue) -> &'static str {
    match found {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date without quotes",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
