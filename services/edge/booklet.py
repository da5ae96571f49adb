"""The edge's OpenAPI document as one page to read, without a script and without anything from elsewhere."""

import json
from html import escape
from typing import Any, Final

STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
h2{margin-top:2.5rem;border-top:1px solid #ccc;padding-top:1rem}code,pre{font:14px/1.4 ui-monospace,monospace}
pre{background:#f4f4f4;padding:.75rem;overflow:auto}table{border-collapse:collapse;width:100%}
td,th{border:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top}details{margin:.5rem 0}
"""
CURL: Final = """curl -H "Authorization: Bearer $SIAO_TOKEN" -H 'Content-Type: application/json' \\
  --data @vacancy.json "$SIAO_HTTP/v1/messages/vacancy.published.v1?wait=10"
curl -H "Authorization: Bearer $SIAO_TOKEN" "$SIAO_HTTP/v1/notices?after=n42&wait=30"
curl -N -H "Authorization: Bearer $SIAO_TOKEN" -H 'Accept: text/event-stream' "$SIAO_HTTP/v1/notices"
"""


def booklet(document: dict[str, Any]) -> str:
    """The page."""
    about = "".join(f"<p>{escape(part)}</p>" for part in document["info"]["description"].split("\n\n"))
    parts = [
        '<!doctype html>\n<html lang="fr"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>SIAO insertion : HTTP</title><style>{STYLE}</style></head><body>",
        f"<h1>SIAO insertion : HTTP ({escape(document['info']['version'])})</h1>{about}",
        '<p><a href="/openapi.json">openapi.json</a> (OpenAPI 3.1)</p>',
        f"<pre>{escape(CURL)}</pre>",
        *(
            _operation(method, path, operation, document["components"])
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ),
        _refusals(document["components"]["schemas"]["Refusal"]["x-texts"]),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def _operation(method: str, path: str, operation: dict[str, Any], components: dict[str, Any]) -> str:
    named = (components["parameters"][parameter["$ref"].rpartition("/")[2]] for parameter in operation["parameters"])
    rows = [(f"{each['name']} ({each['in']})", each["description"]) for each in named]
    answers = [(status, answer["description"]) for status, answer in operation["responses"].items()]
    parts = [
        f'<h2 id="{escape(operation["operationId"])}"><code>{method.upper()} {escape(path)}</code></h2>',
        f"<p>{escape(operation['summary'])} {escape(operation['description'])}</p>",
        _table(("paramètre / parameter", ""), rows),
        _table(("réponse / answer", ""), answers),
    ]
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        name = content["schema"]["$ref"].rpartition("/")[2]
        parts.append(_folded(f"{kind}: {name}", components["schemas"][name]))
        for each, shown in content.get("examples", {}).items():
            parts.append(_folded(f"exemple / example: {each}", shown["value"]))
    return "\n".join(parts)


def _refusals(texts: dict[str, Any]) -> str:
    rows = [(f"{code} ({text['status']})", f"{text['fr']} — {text['en']}") for code, text in texts.items()]
    return "<h2>Refus / refusals</h2>" + _table(("code", "que faire / what to do"), rows)


def _table(titles: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    body = "".join(f"<tr><td><code>{escape(name)}</code></td><td>{escape(text)}</td></tr>" for name, text in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _folded(title: str, value: Any) -> str:
    text = escape(json.dumps(value, ensure_ascii=False, indent=1))
    return f"<details><summary>{escape(title)}</summary><pre>{text}</pre></details>"
