using SslAgent.Domain;

namespace SslAgent.Ingest.Tests.Decoding;

public sealed class JsonTests
{
    /// <summary>As Filebeat 8 writes to Kafka, shortened in the middle.</summary>
    private const string Filebeat = """
        {"@timestamp":"2026-11-21T03:04:05.678Z","@metadata":{"beat":"filebeat","type":"_doc","version":"8.15.0"},
         "log":{"offset":4711,"file":{"path":"/var/log/syslog"}},"message":"sshd[123]: Accepted publickey for \"root\"",
         "input":{"type":"filestream"},"ecs":{"version":"8.0.0"},"host":{"name":"web-1","os":{"name":"Debian"}},"agent":{"name":"shipper"}}
        """;

    /// <summary>As Fluent Bit's kafka output writes with the json format.</summary>
    private const string FluentBit = """
        {"@timestamp":1763694245.678000,"log":"GET /index.html 200","stream":"stdout",
         "kubernetes":{"pod_name":"shop-5f7","namespace_name":"prod","labels":{"app":"shop"}}}
        """;

    [Fact]
    public void The_filebeat_preset_finds_message_host_and_time()
    {
        Sample sample = Deliveries.Accept(Deliveries.Of(Filebeat), Options(JsonPreset.Filebeat));
        Assert.Equal("sshd[123]: Accepted publickey for \"root\"", sample.Text?.ToString());
        Assert.Equal("web-1", sample.Source);
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 3, 4, 5, 678, TimeSpan.Zero).ToUnixTimeMilliseconds(), sample.TimeMs);
    }

    [Fact]
    public void The_fluent_bit_preset_finds_log_pod_and_time()
    {
        Sample sample = Deliveries.Accept(Deliveries.Of(FluentBit), Options(JsonPreset.FluentBit));
        Assert.Equal(("GET /index.html 200", "shop-5f7", 1_763_694_245_678), (sample.Text?.ToString(), sample.Source, sample.TimeMs));
    }

    [Fact]
    public void Without_a_preset_the_usual_names_are_tried_in_order()
    {
        Sample sample = Deliveries.Accept(Deliveries.Of("""{"level":"info","text":"second","msg":"first","time":1763694245,"service":"api"}"""));
        Assert.Equal(("first", "api", 1_763_694_245_000), (sample.Text?.ToString(), sample.Source, sample.TimeMs));
    }

    [Fact]
    public void Named_fields_take_the_presets_place()
    {
        var options = new IngestOptions { Json = new JsonOptions { TextField = "event.body", SourceField = "who", TimeField = "at" } };
        string value = """{"message":"not this","event":{"body":"this\tone","who":"nor this"},"who":"me","at":"2020-09-13T12:26:40+00:00"}""";
        Sample sample = Deliveries.Accept(Deliveries.Of(value), options);
        Assert.Equal(("this one", "me", 1_600_000_000_000), (sample.Text?.ToString(), sample.Source, sample.TimeMs));
    }

    [Fact]
    public void A_key_that_has_dots_in_its_name_is_found_too() =>
        Assert.Equal("web-2", Deliveries.Accept(Deliveries.Of("""{"host.name":"web-2","message":"x"}"""), Options(JsonPreset.Filebeat)).Source);

    [Fact]
    public void Fields_inside_arrays_and_behind_deeper_paths_are_not_mistaken()
    {
        string value = """{"items":[{"message":"no"}],"inner":{"message":"no"},"message":"yes"}""";
        Assert.Equal("yes", Deliveries.Accept(Deliveries.Of(value)).Text?.ToString());
        Assert.Equal("envelope", Deliveries.Refuse(Deliveries.Of("""{"items":[{"message":"no"}],"inner":{"message":"no"}}""")).Stage);
    }

    [Fact]
    public void An_object_without_a_text_says_which_fields_were_looked_for() =>
        Assert.Equal(
            new Rejection("envelope", "the JSON object has none of the text fields message, event.original"),
            Deliveries.Refuse(Deliveries.Of("""{"a":1}"""), Options(JsonPreset.Filebeat)));

    [Fact]
    public void A_time_that_cannot_be_read_leaves_kafkas() =>
        Assert.Equal(1_700_000_000_000, Deliveries.Accept(Deliveries.Of("""{"message":"x","ts":"yesterday"}""")).TimeMs);

    [Theory]
    [InlineData("""{"message":"\ud800"}""")]
    [InlineData("""{"message":"x","message2":}""")]
    [InlineData("[1,2]")]
    [InlineData("")]
    public void Broken_json_is_refused_where_json_was_declared(string value) =>
        Assert.Equal("envelope", Deliveries.Refuse(Deliveries.Of(value, ("content-type", "application/json"))).Stage);

    [Fact]
    public void What_only_looked_like_json_leaves_no_source_and_no_time_behind()
    {
        Sample sample = Deliveries.Accept(Deliveries.Of("""{"source":"somebody else","ts":1600000000000,"message":"cut o"""));
        Assert.Equal(("stream/3", 1_700_000_000_000, "{\"source\":\"somebody else\""), (sample.Source, sample.TimeMs, sample.Text?.ToString()[..25]));
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        string deep = string.Concat(Enumerable.Repeat("{\"a\":", 5_000)) + "1" + new string('}', 5_000);
        Assert.Equal("envelope", Deliveries.Refuse(Deliveries.Of(deep, ("content-type", "application/json"))).Stage);
    }

    private static IngestOptions Options(JsonPreset preset) => new() { Json = new JsonOptions { Preset = preset } };
}
