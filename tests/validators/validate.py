"""Validates a CycloneDX 1.6 document with two independent schema validators and checks every package URL.

usage: python3 -I validate.py SITE-PACKAGES DOCUMENT

Prints one line for every problem and exits 1, or one line for each validator and exits 0. The official schemas are taken
from the installed package: they are not part of this repository. Nothing is fetched.
"""

import json
import pathlib
import sys

site, path = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
sys.path.insert(0, str(site))

import jsonschema_rs
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

SCHEMAS = site / "cyclonedx" / "schema" / "_res"
BASE = "http://cyclonedx.org/schema/"


def stored(uri):
    """A schema by the name that schemas call each other by."""
    return json.loads((SCHEMAS / uri.removeprefix(BASE).split("#")[0]).read_text())


def first(text):
    """The strict validator of cyclonedx-python-lib."""
    for error in JsonStrictValidator(SchemaVersion.V1_6).validate_str(text, all_errors=True) or []:
        yield f"cyclonedx-python-lib: {error.data.json_path}: {error.data.message[:300]}"


def second(document):
    """The same schema read by another implementation."""
    schema = stored(BASE + "bom-1.6.SNAPSHOT.schema.json")
    validator = jsonschema_rs.validator_for(schema, validate_formats=True, retriever=stored)
    for error in validator.iter_errors(document):
        yield f"jsonschema-rs: /{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"


def purls(document):
    """A package URL that the reference library spells otherwise would not be found in its databases."""
    for component in [document["metadata"]["component"], *document["components"]]:
        purl = component.get("purl")
        if purl and PackageURL.from_string(purl).to_string() != purl:
            yield f"packageurl-python: {purl} is spelled {PackageURL.from_string(purl).to_string()}"


text = path.read_text()
document = json.loads(text)
problems = [*first(text), *second(document), *purls(document)]
print("\n".join(problems) or "cyclonedx-python-lib: valid\njsonschema-rs: valid\npackageurl-python: valid")
sys.exit(1 if problems else 0)
