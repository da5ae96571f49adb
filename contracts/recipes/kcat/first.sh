#!/usr/bin/env bash
# A structure's first exchange with the SIAO, with kcat and jq: it describes itself, publishes a vacancy, reads what
# comes. Of the SIAO it needs the golden examples beside it and nothing else. Settings and what it prints: ../README.md.
set -euo pipefail
cd "$(dirname "$0")/../../examples/vacancies"

# Older ones cannot log in with SCRAM to Kafka 4: "invalid credentials".
version=$(kcat -V | grep -o 'librdkafka [0-9.]*' | cut -d' ' -f2)
if [ "$(printf '%s\n' 2.6.1 "$version" | sort -V | head -1)" != 2.6.1 ]; then
  echo "kcat a librdkafka $version ; il faut 2.6.1 ou plus / kcat has librdkafka $version; 2.6.1 or later is needed" >&2
  exit 2
fi

# A file that only we read: a password on a command line is readable by every user of the machine.
settings=$(mktemp)
reader=
trap 'rm -f "$settings"; [ -z "$reader" ] || kill "$reader" 2>/dev/null || true' EXIT
protocol=SASL_SSL
case $SIAO_ADDRESS in
  localhost:* | 127.*) [ -n "${SIAO_CA:-}" ] || protocol=SASL_PLAINTEXT ;; # without TLS on your own machine only
esac
cat > "$settings" <<END
bootstrap.servers=$SIAO_ADDRESS
security.protocol=$protocol
sasl.mechanism=SCRAM-SHA-512
sasl.username=${SIAO_USER:-$SIAO_PARTNER}
sasl.password=$SIAO_PASSWORD
${SIAO_CA:+ssl.ca.location=$SIAO_CA}
END

# Golden messages, in our own name. Their ids are kept: whatever is sent again is done once.
declare -A waiting
for name in structure.described.v1 vacancy.published.v1; do
  headers=()
  while IFS= read -r header; do headers+=(-H "$header"); done < <(
    jq -r --arg source "/partners/$SIAO_PARTNER" \
      '.headers | .ce_source = $source | to_entries[] | "\(.key)=\(.value)"' "$name.json"
  )
  jq -c .value "$name.json" | kcat -F "$settings" -q -P -t "partners.$SIAO_PARTNER.vacancies" "${headers[@]}"
  waiting[$(jq -r .headers.ce_id "$name.json")]=1
done

rejected= designated=
exec 3< <(exec timeout "${SIAO_SECONDS:-60}" kcat -F "$settings" -C -q -u -o beginning \
  -t "partners.$SIAO_PARTNER.notices" -f '%h\t%s\n')
reader=$!
while [ ${#waiting[@]} -gt 0 ] || [ -z "$rejected$designated" ]; do
  IFS=$'\t' read -r -u 3 headers notice || break # the time is over
  kind=$(grep -o 'ce_type=[^,]*' <<< "$headers" | cut -d= -f2)
  jq -c --arg type "$kind" '{type: $type} + .' <<< "$notice"
  id=$(jq -r '.message_id // empty' <<< "$notice")
  if [ -n "$id" ] && [ -n "${waiting[$id]:-}" ]; then
    unset "waiting[$id]"
    [ "$kind" != message.rejected.v1 ] || rejected=1
  fi
  [ "$kind" != household.designated.v1 ] || designated=1
done
[ ${#waiting[@]} -eq 0 ] && [ -z "$rejected" ]
