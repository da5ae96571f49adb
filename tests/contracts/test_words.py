"""Every topic, role, message, code list and field is said in French, and nothing else is."""

from contracts.catalogue import MESSAGES
from contracts.export_schemas import code_lists, json_schema
from contracts.topics import CHANNELS, CORE, Role
from contracts.words import field_words, table, words


def _schemas() -> list[dict[str, object]]:
    documents = (json_schema(family, kind) for family, kinds in MESSAGES.items() for kind in kinds)
    return [part for document in documents for part in (document, *document.get("$defs", {}).values())]


MODELS = {str(part["title"]) for part in _schemas() if "properties" in part or "enum" not in part}
FIELDS = {(str(part["title"]), name) for part in _schemas() for name in dict(part.get("properties", {}))}  # type: ignore[call-overload]


def test_everything_is_said_in_french() -> None:
    wanted = {("topic", topic.name) for topic in (*CHANNELS, *CORE)} | {("role", role.value) for role in Role}
    wanted |= {("model", model) for model in MODELS if model != "Role"} | {("list", name) for name in code_lists()}
    assert wanted - table().keys() == set()
    assert {(model, field) for model, field in FIELDS if field_words(model, field) is None} == set()


def test_no_word_is_left_over() -> None:
    names = {
        "topic": {topic.name for topic in (*CHANNELS, *CORE)},
        "role": {role.value for role in Role},
        "model": MODELS,
        "list": {*code_lists(), "Role"},
        "field": {field for _, field in FIELDS} | {f"{model}.{field}" for model, field in FIELDS},
    }
    assert {(of, name) for of, name in table() if name not in names[of]} == set()


def test_a_sentence_ends_as_one() -> None:
    loose = {key for key, said in table().items() if key[0] != "role" and not said.fr.endswith((".", "…"))}
    assert loose == set()


def test_the_words_of_a_field_of_one_model_win() -> None:
    own, shared = field_words("StayStarted", "designation"), field_words("DesignationMade", "designation")
    assert own is not None
    assert shared is not None
    assert own != shared
    assert words("model", "NothingOfTheKind") is None
