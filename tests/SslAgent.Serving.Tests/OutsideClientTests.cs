using System.Diagnostics;
using SslAgent.Serving.Tests.Support;

namespace SslAgent.Serving.Tests;

/// <summary>Somebody else's client: Python's standard library, which knows nothing of .NET.</summary>
public sealed class OutsideClientTests
{
    private const string Script = """
        import base64, json, socket, struct, sys, urllib.error, urllib.request
        address, socket_path, token_path = sys.argv[1:4]

        def embed(**body):
            request = urllib.request.Request(address + "v1/embeddings", json.dumps(body).encode(), {"Content-Type": "application/json"})
            with urllib.request.urlopen(request) as response:
                return response.headers["x-sslagent-version"], json.load(response)

        version, floats = embed(model="text", input="grüße")
        _, packed = embed(model="text", input=["grüße"], encoding_format="base64")
        values = struct.unpack("<4f", base64.b64decode(packed["data"][0]["embedding"]))
        assert version == "v12" and floats["model"] == "text@v12", (version, floats["model"])
        assert all(abs(a - b) < 1e-7 for a, b in zip(values, floats["data"][0]["embedding"], strict=True))

        try:
            embed(model="text", input=[1, 2])
            raise SystemExit("tokens were taken")
        except urllib.error.HTTPError as refused:
            assert refused.code == 400 and json.load(refused)["error"]["code"] == "tokens_refused"

        def control(method, path, token=None):
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(socket_path)
                bearer = f"Authorization: Bearer {token}\r\n" if token else ""
                client.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n{bearer}\r\n".encode())
                return client.makefile("rb").read().decode()

        assert control("POST", "/control/cycle").startswith("HTTP/1.1 401 ")
        assert control("POST", "/control/cycle", open(token_path).read().strip()).startswith("HTTP/1.1 202 ")
        assert '"health":"healthy"' in control("GET", "/control/status")
        print("fine")
        """;

    [Fact]
    public async Task Pythons_standard_library_embeds_and_controls()
    {
        await using RunningServer server = await RunningServer.StartAsync(new FakeEmbedder(12));
        ProcessStartInfo start = new("python3", ["-c", Script, server.Server.Address.ToString(), server.SocketPath, server.TokenPath])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using Process python = Process.Start(start) ?? throw new InvalidOperationException("python3 does not start");
        Task<string> output = python.StandardOutput.ReadToEndAsync(), errors = python.StandardError.ReadToEndAsync();
        await python.WaitForExitAsync().WaitAsync(Patience.Long);

        Assert.Equal("fine\n", await output + await errors);
        Assert.Equal(1, server.Control.CyclesAsked);
    }
}
