# syntax=docker/dockerfile:1
# Builds the one binary, then puts it alone into a small image that runs without root.
# Written for BuildKit; checked by hand, not yet by a container engine.

FROM rust:1.95-bookworm AS build
WORKDIR /src
# The image's own toolchain is the one that rust-toolchain.toml names; .dockerignore leaves that file
# out, so that rustup fetches nothing. gcc, make and perl (for OpenSSL and librdkafka) are there.
COPY . .
# The caches are not part of the image, so the binary is copied out within the same step.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --release --locked --bin credsieve \
    && install -D -m 0755 target/release/credsieve /out/credsieve

FROM debian:bookworm-slim
# Certificates of the public authorities, for brokers with TLS.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin credsieve \
    && install -d -o credsieve -g credsieve -m 0750 /var/lib/credsieve
COPY --from=build /out/credsieve /usr/local/bin/credsieve
COPY --chmod=0755 deploy/healthcheck.sh /usr/local/bin/credsieve-healthcheck
COPY deploy/policy.toml deploy/credsieve.toml /etc/credsieve/

USER 10001:10001
WORKDIR /var/lib/credsieve
VOLUME /var/lib/credsieve
EXPOSE 8080
# It answers SIGTERM by draining, within 10 s; engines should wait a little longer before they kill.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["credsieve-healthcheck"]
ENTRYPOINT ["credsieve"]
CMD ["--help"]
