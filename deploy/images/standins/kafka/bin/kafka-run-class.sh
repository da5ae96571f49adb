#!/usr/bin/env bash
# A class of Kafka's with the options that Kafka's own script of this name reads from the environment.
set -eu
config=/opt/kafka/config
[ -e "$config/log4j2.yaml" ] || config=/etc/kafka/docker
monitoring=()
if [ -n "${KAFKA_JMX_PORT:-${JMX_PORT-}}" ]; then
    read -ra monitoring <<< "${KAFKA_JMX_OPTS:--Dcom.sun.management.jmxremote.authenticate=false -Dcom.sun.management.jmxremote.ssl=false}"
    monitoring+=("-Dcom.sun.management.jmxremote.port=${KAFKA_JMX_PORT:-$JMX_PORT}"
        "-Dcom.sun.management.jmxremote.rmi.port=${KAFKA_JMX_PORT:-$JMX_PORT}")
    [ -z "${KAFKA_JMX_HOSTNAME-}" ] || monitoring+=("-Djava.rmi.server.hostname=$KAFKA_JMX_HOSTNAME")
fi
read -ra heap <<< "${KAFKA_HEAP_OPTS:--Xmx256m}"
read -ra tuning <<< "${KAFKA_JVM_PERFORMANCE_OPTS:--server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 -XX:+ExplicitGCInvokesConcurrent -Djava.awt.headless=true}"
read -ra logging <<< "${KAFKA_LOG4J_OPTS:--Dlog4j2.configurationFile=$config/log4j2.yaml}"
read -ra more <<< "${KAFKA_OPTS-}"
# Silent when the cache does not fit the other options: Java then starts without it.
exec java "${heap[@]}" "${tuning[@]}" "${AOT:--XX:AOTCache=/opt/kafka/kafka.aot}" \
    -Xlog:disable -Xlog:all=error:stderr -Dkafka.logs.dir=/opt/kafka/logs \
    "${logging[@]}" "${monitoring[@]}" "${more[@]}" -cp '/opt/kafka/libs/*' "$@"
