using System.Net;
using System.Text;
using System.Text.Json;
using SslAgent.Domain;
using SslAgent.Serving.Tests.Support;

namespace SslAgent.Serving.Tests.Embeddings;

public sealed class EmbeddingsApiTests
{
    [Fact]
    public async Task A_string_gives_one_vector_and_says_which_version_made_it()
    {
        await using RunningServer server = await RunningServer.StartAsync(new FakeEmbedder(12));

        using HttpResponseMessage response = await server.EmbedAsync("""{"model":"text","input":"hello","user":"someone","unknown":1}""");
        JsonElement body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(["v12"], response.Headers.GetValues("x-sslagent-version"));
        Assert.Equal("list", body.GetProperty("object").GetString());
        Assert.Equal("text@v12", body.GetProperty("model").GetString());
        Assert.Equal(7, body.GetProperty("usage").GetProperty("prompt_tokens").GetInt64());
        Assert.Equal(7, body.GetProperty("usage").GetProperty("total_tokens").GetInt64());
        JsonElement one = Assert.Single(body.GetProperty("data").EnumerateArray());
        Assert.Equal("embedding", one.GetProperty("object").GetString());
        Assert.Equal(0, one.GetProperty("index").GetInt32());
        Assert.Equal(Vector(12, EmbeddingSpace.Text, Some.Text("hello")), Floats(one));
    }

    [Fact]
    public async Task Base64_is_the_same_vector_as_little_endian_float32()
    {
        await using RunningServer server = await RunningServer.StartAsync(new FakeEmbedder(12));

        JsonElement body = await server.EmbedOkAsync("""{"model":"text","input":["a","b"],"encoding_format":"base64"}""");

        JsonElement second = body.GetProperty("data")[1];
        byte[] bytes = second.GetProperty("embedding").GetBytesFromBase64();
        Assert.Equal(1, second.GetProperty("index").GetInt32());
        Assert.Equal(FakeEmbedder.TextWidth * 4, bytes.Length);
        Assert.Equal(
            Vector(12, EmbeddingSpace.Text, Some.Text("b")),
            Enumerable.Range(0, FakeEmbedder.TextWidth).Select(i => BitConverter.Int32BitsToSingle(
                bytes[4 * i] | (bytes[(4 * i) + 1] << 8) | (bytes[(4 * i) + 2] << 16) | (bytes[(4 * i) + 3] << 24))));
    }

    [Fact]
    public async Task Frames_are_data_uris_and_count_no_tokens()
    {
        await using RunningServer server = await RunningServer.StartAsync(new FakeEmbedder(12));

        JsonElement body = await server.EmbedOkAsync($$"""{"model":"frames","input":["{{FakeCodecs.DataUri(7)}}","{{FakeCodecs.DataUri(8)}}"]}""");

        Assert.Equal("frames@v12", body.GetProperty("model").GetString());
        Assert.Equal(0, body.GetProperty("usage").GetProperty("prompt_tokens").GetInt64());
        Assert.Equal(Vector(12, EmbeddingSpace.Frames, Some.Frame(8)), Floats(body.GetProperty("data")[1]));
    }

    [Fact]
    public async Task Joint_takes_frames_and_texts_side_by_side_in_order()
    {
        await using RunningServer server = await RunningServer.StartAsync(new FakeEmbedder(12));

        JsonElement body = await server.EmbedOkAsync($$"""{"model":"joint","input":["dog","{{FakeCodecs.DataUri(7)}}","data: not a picture"]}""");

        Assert.Equal(Vector(12, EmbeddingSpace.Joint, Some.Text("dog")), Floats(body.GetProperty("data")[0]));
        Assert.Equal(Vector(12, EmbeddingSpace.Joint, Some.Frame(7)), Floats(body.GetProperty("data")[1]));
        Assert.Equal(Vector(12, EmbeddingSpace.Joint, Some.Text("data: not a picture")), Floats(body.GetProperty("data")[2]));
    }

    [Fact]
    public async Task A_client_may_ask_for_one_version_and_learns_when_it_is_gone()
    {
        await using RunningServer server = await RunningServer.StartAsync(new FakeEmbedder(12));

        Assert.Equal("text@v12", (await server.EmbedOkAsync("""{"model":"text@v12","input":"a","dimensions":4}""")).GetProperty("model").GetString());
        await server.Host.Swap(new FakeEmbedder(13));

        await AssertError(server, """{"model":"text@v12","input":"a"}""", 404, "version_not_served", "v13");
    }

    [Theory]
    [InlineData("""{"input":"a"}""", 400, "missing_value", "model")]
    [InlineData("""{"model":5,"input":"a"}""", 400, "invalid_value", "model")]
    [InlineData("""{"model":"gpt-9","input":"a"}""", 404, "model_not_found", "gpt-9")]
    [InlineData("""{"model":"text@latest","input":"a"}""", 404, "model_not_found", "text@latest")]
    [InlineData("""{"model":"text"}""", 400, "missing_value", "input")]
    [InlineData("""{"model":"text","input":[]}""", 400, "invalid_value", "empty array")]
    [InlineData("""{"model":"text","input":[1,2,3]}""", 400, "tokens_refused", "token numbers")]
    [InlineData("""{"model":"text","input":[[1,2],[3]]}""", 400, "tokens_refused", "token numbers")]
    [InlineData("""{"model":"text","input":["a",null]}""", 400, "invalid_value", "input[1]")]
    [InlineData("""{"model":"text","input":{"a":1}}""", 400, "invalid_value", "input")]
    [InlineData("""{"model":"text","input":"\ud800"}""", 400, "invalid_value", "Unicode")]
    [InlineData("""{"model":"text","input":["a","  "]}""", 400, "invalid_text", "input[1]: the text is empty")]
    [InlineData("""{"model":"text","input":"data:image/png;base64,UAc="}""", 400, "invalid_value", "'text' takes none")]
    [InlineData("""{"model":"frames","input":"a dog"}""", 400, "invalid_value", "no picture")]
    [InlineData("""{"model":"frames","input":"data:image/png,UAc="}""", 400, "invalid_data_uri", "not base64")]
    [InlineData("""{"model":"frames","input":"data:image/png;base64,%%%"}""", 400, "invalid_data_uri", "broken")]
    [InlineData("""{"model":"frames","input":["data:image/png;base64,QUJD"]}""", 400, "invalid_picture", "these bytes are no picture")]
    [InlineData("""{"model":"text","input":"a","encoding_format":"hex"}""", 400, "invalid_value", "encoding_format")]
    [InlineData("""{"model":"text","input":"a","encoding_format":1}""", 400, "invalid_value", "encoding_format")]
    [InlineData("""{"model":"text","input":"a","dimensions":2}""", 400, "invalid_value", "dimensions is 2")]
    [InlineData("""{"model":"text","input":"a","dimensions":0}""", 400, "invalid_value", "dimensions")]
    [InlineData("""{"model":"text","input":"a","dimensions":"four"}""", 400, "invalid_value", "dimensions")]
    [InlineData("""{"model":"text","input":["a","b","c","d","e"]}""", 400, "too_many_inputs", "5 entries, the limit is 4")]
    [InlineData("""{"model":""", 400, "invalid_json", "JSON")]
    [InlineData("null", 400, "invalid_json", "null")]
    [InlineData("[]", 400, "invalid_json", "JSON")]
    [InlineData("", 400, "invalid_json", "JSON")]
    public async Task A_request_that_cannot_be_answered_gets_an_error_that_names_the_fault(string body, int status, string code, string says)
    {
        FakeEmbedder embedder = new(12);
        await using RunningServer server = await RunningServer.StartAsync(embedder, new ServingOptions { BatchWait = TimeSpan.Zero, InputsPerRequestMax = 4 });

        await AssertError(server, body, status, code, says);

        // Nothing wrong with the server: the next request is answered.
        await server.EmbedOkAsync("""{"model":"text","input":"a"}""");
    }

    [Fact]
    public async Task Broken_utf8_in_a_string_is_the_clients_fault()
    {
        await using RunningServer server = await RunningServer.StartAsync(new FakeEmbedder(12));
        byte[] body = [.. """{"model":"text","input":"a"""u8, 0xFF, 0xFE, .. "\"}"u8];
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = new("application/json");

        using HttpResponseMessage response = await server.Http.PostAsync(new Uri("/v1/embeddings", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Joint_vectors_are_refused_until_a_version_has_them()
    {
        await using RunningServer server = await RunningServer.StartAsync(new FakeEmbedder(12, joint: null));

        await AssertError(server, """{"model":"joint","input":"a"}""", 404, "model_not_found", "CLIP");
    }

    [Fact]
    public async Task Before_the_first_promoted_version_clients_are_told_to_come_back()
    {
        await using RunningServer server = await RunningServer.StartAsync(null);

        using HttpResponseMessage response = await server.EmbedAsync("""{"model":"text","input":"a"}""");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(10), response.Headers.RetryAfter?.Delta);
        await AssertError(response, 503, "no_version", "promoted");
    }

    [Fact]
    public async Task A_full_queue_answers_at_once_and_says_when_to_try_again()
    {
        Gate gate = new();
        await using RunningServer server = await RunningServer.StartAsync(
            new FakeEmbedder(1) { Gate = gate }, new ServingOptions { BatchWait = TimeSpan.Zero, QueueMax = 2, InputsPerRequestMax = 2 });
        Task<JsonElement> running = server.EmbedOkAsync("""{"model":"text","input":"running"}""");
        await gate.ArrivalAsync();
        Task<JsonElement> waiting = server.EmbedOkAsync("""{"model":"text","input":["a","b"]}""");
        while (server.Host.QueueLength < 2) await Task.Yield();

        using HttpResponseMessage response = await server.EmbedAsync("""{"model":"text","input":"c"}""");

        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        await AssertError(response, 503, "queue_full", "waiting");
        gate.Open(2);
        await Task.WhenAll(running, waiting);
    }

    [Fact]
    public async Task A_failing_inference_is_a_server_error_and_not_the_end()
    {
        FakeEmbedder embedder = new(1) { Spoil = _ => throw new IOException("secret detail") };
        await using RunningServer server = await RunningServer.StartAsync(embedder);

        using HttpResponseMessage response = await server.EmbedAsync("""{"model":"text","input":"a"}""");
        Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await AssertError(response, 500, "internal_error", "log");

        embedder.Spoil = rows => rows;
        await server.EmbedOkAsync("""{"model":"text","input":"a"}""");
    }

    [Fact]
    public async Task A_body_or_a_picture_over_the_limit_is_refused()
    {
        ServingOptions options = new() { BatchWait = TimeSpan.Zero, RequestBytesMax = 2000, PictureBytesMax = 100 };
        await using RunningServer server = await RunningServer.StartAsync(new FakeEmbedder(1), options);
        string picture = Convert.ToBase64String(new byte[101]);

        await AssertError(server, $$"""{"model":"text","input":"{{new string('a', 2000)}}"}""", 413, "too_large", "larger");
        await AssertError(server, $$"""{"model":"frames","input":"data:image/png;base64,{{picture}}"}""", 413, "too_large", "101 bytes, the limit is 100 bytes");
    }

    [Fact]
    public async Task Only_json_is_taken()
    {
        await using RunningServer server = await RunningServer.StartAsync(new FakeEmbedder(1));
        using StringContent form = new("model=text", Encoding.UTF8, "application/x-www-form-urlencoded");

        using HttpResponseMessage response = await server.Http.PostAsync(new Uri("/v1/embeddings", UriKind.Relative), form);

        await AssertError(response, 415, "unsupported_media_type", "application/json");
    }

    [Fact]
    public async Task Swaps_under_load_over_http_lose_no_request()
    {
        await using RunningServer server = await RunningServer.StartAsync(new FakeEmbedder(1));
        Task<JsonElement[]>[] clients =
        [
            .. Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
            {
                List<JsonElement> answers = [];
                for (int i = 0; i < 40; i++) answers.Add(await server.EmbedOkAsync($$"""{"model":"text","input":["{{client}}","{{i}}"]}"""));
                return answers.ToArray();
            })),
        ];
        for (int version = 2; version <= 12; version++) await server.Host.Swap(new FakeEmbedder(version)).WaitAsync(Patience.Long);

        foreach (JsonElement answer in (await Task.WhenAll(clients)).SelectMany(answers => answers))
        {
            string version = answer.GetProperty("model").GetString()!["text@v".Length..];
            Assert.All(answer.GetProperty("data").EnumerateArray(), row => Assert.Equal(float.Parse(version), Floats(row)[0]));
        }
    }

    [Fact]
    public async Task Models_are_the_vector_kinds_that_the_served_version_has()
    {
        await using RunningServer server = await RunningServer.StartAsync(new FakeEmbedder(12, joint: null));

        JsonElement list = JsonDocument.Parse(await server.Http.GetStringAsync(new Uri("/v1/models", UriKind.Relative))).RootElement;
        JsonElement text = JsonDocument.Parse(await server.Http.GetStringAsync(new Uri("/v1/models/text", UriKind.Relative))).RootElement;
        using HttpResponseMessage joint = await server.Http.GetAsync(new Uri("/v1/models/joint", UriKind.Relative));

        Assert.Equal(["frames", "text"], list.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()));
        Assert.Equal(FakeEmbedder.TextWidth, text.GetProperty("dimensions").GetInt32());
        Assert.Equal("v12", text.GetProperty("version").GetString());
        Assert.Equal("sslagent", text.GetProperty("owned_by").GetString());
        await AssertError(joint, 404, "model_not_found", "joint");
    }

    private static async Task AssertError(RunningServer server, string body, int status, string code, string says)
    {
        using HttpResponseMessage response = await server.EmbedAsync(body);
        await AssertError(response, status, code, says);
    }

    private static async Task AssertError(HttpResponseMessage response, int status, string code, string says)
    {
        string text = await response.Content.ReadAsStringAsync();
        Assert.Equal(status, (int)response.StatusCode);
        JsonElement error = JsonDocument.Parse(text).RootElement.GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Contains(says, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(status < 500 ? "invalid_request_error" : "server_error", error.GetProperty("type").GetString());
        Assert.True(error.TryGetProperty("param", out _));
    }

    private static float[] Floats(JsonElement row) => [.. row.GetProperty("embedding").EnumerateArray().Select(number => number.GetSingle())];

    private static float[] Vector(int version, EmbeddingSpace space, EmbeddingInput input) =>
        FakeEmbedder.Vector(new ModelVersion(version), space, input);
}
