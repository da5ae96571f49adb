#!/usr/bin/env bash
# A structure's first exchange with the SIAO over HTTP, with curl and jq: it describes itself, publishes a vacancy, reads
# what comes. Of the SIAO it needs the golden examples beside it and nothing else. Settings and what it prints: ../README.md.
set -euo pipefail
cd "$(dirname "$0")/../../examples/vacancies"

# A file that only we read: a token on a command line is readable by every user of the machine.
settings=$(mktemp)
trap 'rm -f "$settings"' EXIT
printf 'header = "Authorization: Bearer %s"\nsilent\nshow-error\n' "$SIAO_TOKEN" > "$settings"
[ -z "${SIAO_CA:-}" ] || printf 'cacert = "%s"\n' "$SIAO_CA" >> "$settings"

# Golden messages. Their ids are kept: whatever is sent again is done once. `wait`: the answer comes with the request.
cursor=
for name in structure.described.v1 vacancy.published.v1; do
  answer=$(
    jq -c .value "$name.json" | curl --config "$settings" --retry 5 --header 'Content-Type: application/json' \
      --header "ce-id: $(jq -r .headers.ce_id "$name.json")" --header "ce-time: $(jq -r .headers.ce_time "$name.json")" \
      --data-binary @- "$SIAO_HTTP/v1/messages/$name?wait=30"
  )
  if ! jq -ce '.answer | {type} + .data' <<< "$answer"; then
    jq . <<< "$answer" >&2 # refused: its code, and what to do
    exit 1
  fi
  [ "$(jq -r .answer.type <<< "$answer")" = message.accepted.v1 ] || exit 1
  [ -n "$cursor" ] || cursor=$(jq -r '.notices | sub(".*after="; "")' <<< "$answer")
done

# Notices, from where the first answer was to be read; the receipts were seen above.
deadline=$((SECONDS + ${SIAO_SECONDS:-60}))
while [ "$SECONDS" -lt "$deadline" ]; do
  page=$(curl --config "$settings" --retry 5 "$SIAO_HTTP/v1/notices?after=$cursor&wait=20")
  cursor=$(jq -er .next <<< "$page")
  jq -c '.notices[] | select(.type | startswith("message.") | not) | {type} + .data' <<< "$page"
  jq -e 'any(.notices[]; .type == "household.designated.v1")' <<< "$page" > /dev/null && exit 0
done
