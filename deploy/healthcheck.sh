#!/bin/bash
# Asks /healthz, without curl: bash alone can speak to a port. An argument or PORT names another port.
set -u
exec 3<>"/dev/tcp/127.0.0.1/${1:-${PORT:-8080}}" || exit 1
printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
IFS= read -r -t 4 status <&3 || exit 1
[[ $status == HTTP/1.?\ 200\ * ]]
