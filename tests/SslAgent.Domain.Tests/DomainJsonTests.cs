using System.Text.Json;

namespace SslAgent.Domain.Tests;

public sealed class DomainJsonTests
{
    [Fact]
    public void A_manifest_comes_back_as_it_was_written()
    {
        VersionManifest manifest = new(
            new ModelVersion(12), new ModelVersion(11), null, VersionKind.Cycle, "lineage", DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123),
            new CycleNumber(12), 40, 4711, [new PartitionPosition("frames", 0, 0, 100)],
            new Verdict(VerdictKind.Reject, [new VerdictReason("finite", "mae loss, era 3", double.NaN, 0, "", VerdictKind.Reject)]),
            new ProbeReport([new EraProbe(0, "mae", 0.5, 0.01, 0.667, 16)], [], new RetrievalProbe(0.1, 0.3, 0.027, 374)), null, "ema", "ab12",
            JsonDocument.Parse("""{"seed": 7}""").RootElement, "torch 1.13.1", true, null, [new VersionFile("model.json", 10, "cd34")]);

        string json = JsonSerializer.Serialize(manifest, DomainJson.Default.VersionManifest);
        VersionManifest? back = JsonSerializer.Deserialize(json, DomainJson.Default.VersionManifest);

        Assert.Contains("\"version\":\"v12\",\"parent\":\"v11\",\"rolledBackTo\":null,\"kind\":\"cycle\"", json, StringComparison.Ordinal);
        Assert.Contains("\"value\":\"NaN\"", json, StringComparison.Ordinal);
        Assert.NotNull(back);
        Assert.Equal(json, JsonSerializer.Serialize(back, DomainJson.Default.VersionManifest));
        Assert.Equal(manifest.CreatedAt, back.CreatedAt);
    }

    [Theory]
    [InlineData("""{"to":0,"replay":"keep","reason":"r","denied":[],"dryRun":false}""")]
    [InlineData("""{"to":3,"replay":1,"reason":"r","denied":[],"dryRun":false}""")]
    [InlineData("""{"to":3,"replay":"forget","reason":"r","denied":[],"dryRun":false}""")]
    [InlineData("""{"to":3,"replay":"keep","reason":null,"denied":[],"dryRun":false}""")]
    [InlineData("""{"to":3,"replay":"keep","denied":[],"dryRun":false}""")]
    [InlineData("""{"to":"newest","replay":"keep","reason":"r","denied":[],"dryRun":false}""")]
    [InlineData("""{"to":3.5,"replay":"keep","reason":"r","denied":[],"dryRun":false}""")]
    public void An_order_that_is_not_whole_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, DomainJson.Default.RollbackRequest));

    [Theory]
    [InlineData("\"v41\"")]
    [InlineData("\"41\"")]
    [InlineData("41")]
    public void A_version_is_read_as_people_write_it(string json)
    {
        string order = $$"""{"to":{{json}},"replay":"keep","reason":"r","denied":[],"dryRun":false}""";

        Assert.Equal(new ModelVersion(41), JsonSerializer.Deserialize(order, DomainJson.Default.RollbackRequest)?.To);
    }

    [Fact]
    public void A_report_from_before_there_were_windows_lacks_nothing_and_is_surprised_by_nobody()
    {
        CycleReport? old = JsonSerializer.Deserialize("""{"cycle":4,"stepsDone":7,"objectives":{},"quarantined":[]}""", DomainJson.Default.CycleReport);
        CycleReport full = Check.NotNull(old, "a report is no null") with { Lacking = [new LackingData("tcn", 1, 0, false)], Surprises = [new SourceSurprise("cam", 0.5, 9)] };
        CycleReport? back = JsonSerializer.Deserialize(JsonSerializer.Serialize(full, DomainJson.Default.CycleReport), DomainJson.Default.CycleReport);

        Assert.Equal((0, 0), (old?.Lacking.Count, old?.Surprises.Count));
        Assert.Equal(full.Lacking, back?.Lacking);
        Assert.Equal(full.Surprises, back?.Surprises);
    }

    [Fact]
    public void A_summary_and_a_probe_from_before_rises_and_the_joint_space_were_measured_say_nothing_of_them()
    {
        const string old = """{"cycle":4,"stepsDone":7,"objectives":{"mae":{"objective":"mae","steps":7,"samples":56,"lossFirst":1,"lossLast":0.5,"gradientNormMax":2,"skippedSteps":0,"seconds":1}},"quarantined":[]}""";
        CycleReport report = Check.NotNull(JsonSerializer.Deserialize(old, DomainJson.Default.CycleReport), "a report is no null");
        ObjectiveSummary summary = report.Objectives["mae"];
        ProbeReport probe = Check.NotNull(JsonSerializer.Deserialize("""{"eras":[],"features":[],"retrieval":null}""", DomainJson.Default.ProbeReport), "a probe is no null");

        Assert.Null(summary.Peak);
        Assert.DoesNotContain("peak", JsonSerializer.Serialize(report, DomainJson.Default.CycleReport), StringComparison.Ordinal);
        Assert.Empty(probe.Joint);
        Assert.Empty(probe.Shifts);

        report = report with { Objectives = new Dictionary<string, ObjectiveSummary> { ["mae"] = summary with { Peak = new LossPeak(0.3, 0.1) } } };
        probe = probe with { Joint = [new FeatureHealth("joint text", 9, 0.5, 16, 40) { Uniformity = -2 }] };
        Assert.Equal(report.Objectives["mae"], JsonSerializer.Deserialize(JsonSerializer.Serialize(report, DomainJson.Default.CycleReport), DomainJson.Default.CycleReport)?.Objectives["mae"]);
        Assert.Equal(probe.Joint, JsonSerializer.Deserialize(JsonSerializer.Serialize(probe, DomainJson.Default.ProbeReport), DomainJson.Default.ProbeReport)?.Joint);
    }

    [Fact]
    public void An_order_comes_back_as_it_was_written()
    {
        RollbackRequest order = new(new ModelVersion(41), ReplayRollback.DropSince, "poisoned camera", [new DeniedRange("frames", 2, 10, 20)], true);

        string json = JsonSerializer.Serialize(order, DomainJson.Default.RollbackRequest);
        RollbackRequest? back = JsonSerializer.Deserialize(json, DomainJson.Default.RollbackRequest);

        Assert.Contains("\"replay\":\"dropSince\"", json, StringComparison.Ordinal);
        Assert.Equal(order with { Denied = [] }, back! with { Denied = [] });
        Assert.Equal(order.Denied, back.Denied);
    }
}
