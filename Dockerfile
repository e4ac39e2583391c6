# gwlint alone, for nobody in particular: docker run --rm -v "$PWD:/src" gwlint
FROM golang:1.25 AS build
WORKDIR /gwlint
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /gwlint-bin ./cmd/gwlint

FROM scratch
COPY --from=build /gwlint-bin /gwlint
USER 65534:65534
WORKDIR /src
ENTRYPOINT ["/gwlint"]
