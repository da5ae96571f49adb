#!/usr/bin/env bash
# Kafka's storage tool: format, info, random-uuid.
exec /opt/kafka/bin/kafka-run-class.sh kafka.tools.StorageTool "$@"
