using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Auditing;
using SslAgent.Checkpoints;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.EndToEnd.Tests;

/// <summary><c>sslagent audit</c> where bits are not promised, as on some GPUs: here on a CPU that is said not to promise them.</summary>
public sealed class InexactAuditTests(AuditedState made) : IClassFixture<AuditedState>
{
    private static readonly ModelVersion Second = new(2);

    [Fact]
    public async Task Where_the_bits_are_the_same_all_the_same_nothing_less_is_said()
    {
        AuditedVersion version = await AuditAsync(made.Settings, made.Copy("untouched"));

        Assert.True(version.Outcome == AuditOutcome.Equal, Told(version));
    }

    [Fact]
    public async Task Weights_that_another_order_of_sums_may_have_given_are_within_noise()
    {
        string state = made.Copy("nudged");
        Forgery.NudgeWeight(Folder(state));
        Forgery.SetDigest(state, Second);

        AuditedVersion version = await AuditAsync(made.Settings, state);

        Assert.True(version.Outcome == AuditOutcome.WithinNoise, Told(version));
        Assert.Contains(version.Notes, note => note.Contains("gave other bits", StringComparison.Ordinal));
        Assert.NotEqual(version.Recorded, version.Derived);
    }

    [Fact]
    public async Task Weights_that_somebody_exchanged_with_all_sums_and_the_digest_set_right_are_found()
    {
        string state = made.Copy("scaled");
        Forgery.ScaleWeights(Folder(state));
        Forgery.SetDigest(state, Second);

        AuditedVersion version = await AuditAsync(made.Settings, state);

        Assert.True(version.Outcome == AuditOutcome.Differs, Told(version));
        Assert.Contains(version.Reasons, reason => reason.Contains("mae loss of era 0: ", StringComparison.Ordinal) && reason.Contains("of the stored weights", StringComparison.Ordinal));
        Assert.DoesNotContain(version.Reasons, reason => reason.Contains("recorded, ", StringComparison.Ordinal) && reason.Contains(" derived", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_moment_that_no_probe_sees_is_not_what_the_digest_names()
    {
        string state = made.Copy("moment");
        Forgery.ChangeTraining(Folder(state));

        AuditedVersion version = await AuditAsync(made.Settings, state);

        Assert.True(version.Outcome == AuditOutcome.Differs, Told(version));
        Assert.StartsWith("the training state: the manifest names digest", Assert.Single(version.Reasons), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fingerprint", "the fingerprint: \"another\" in the manifest")]
    [InlineData("probe", "and not recorded")]
    public async Task What_does_not_depend_on_bits_still_has_to_be_equal(string forged, string says)
    {
        string state = made.Copy(forged);
        Forgery.NudgeWeight(Folder(state));
        Forgery.SetDigest(state, Second);
        Forgery.ChangeManifest(Folder(state), manifest =>
        {
            if (forged == "probe") manifest["probe"]!["eras"]!.AsArray().Clear();
            else manifest[forged] = "another";
        });

        AuditedVersion version = await AuditAsync(made.Settings, state);

        Assert.True(version.Outcome == AuditOutcome.Differs, Told(version));
        Assert.Contains(says, string.Join('\n', version.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_training_state_a_version_is_not_comparable()
    {
        string state = made.Copy("given-up");
        VersionStore store = VersionStore.Open(LocalDisk.Instance, Path.Combine(state, "versions"), StoreAccess.ReadWrite, TimeProvider.System, NullLogger.Instance);
        store.Prune(new RetentionPolicy(KeepLast: 9, KeepPromoted: 9, KeepTrainingState: 1, BytesMax: long.MaxValue, AuditHorizon: 4));
        Assert.False(store.Read(Second).HasTrainingState);
        Forgery.NudgeWeight(Folder(state));

        AuditedVersion version = await AuditAsync(made.Settings, state);

        Assert.True(version.Outcome == AuditOutcome.NotComparable, Told(version));
        Assert.Contains("its training state was given up", Assert.Single(version.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_was_probed_there_is_nothing_to_go_by_and_it_says_so()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        settings = settings with { Replay = settings.Replay with { SentinelOneIn = 1_000_000 } };
        var observer = new RecordingObserver();
        await bench.SendAsync(320);
        Agent agent = await bench.StartAsync(settings, observer);
        await observer.NextVersionAsync(bench.Limit);
        Assert.Empty((await observer.NextVersionAsync(bench.Limit)).Probe.Eras);
        await agent.StopAsync();
        string state = settings.Agent.StateDirectory;
        Forgery.NudgeWeight(Folder(state));
        Forgery.SetDigest(state, Second);

        AuditedVersion version = await AuditAsync(settings, state);

        Assert.True(version.Outcome == AuditOutcome.NotComparable, Told(version));
        Assert.Equal("not comparable: nothing was probed", Assert.Single(version.Reasons));
    }

    private static string Folder(string state) => Path.Combine(state, "versions", "v000002");

    private static string Told(AuditedVersion version) => $"{version.Outcome}: {string.Join("; ", version.Reasons)}";

    private static async Task<AuditedVersion> AuditAsync(AgentSettings settings, string state)
    {
        settings = settings with { Agent = settings.Agent with { StateDirectory = state } };
        var audit = new Audit(settings, new UnwritableDisk(), TimeProvider.System, _ => { }) { PromisesBits = _ => false };
        return Assert.Single((await audit.RunAsync(new AuditRange(Second, Second), TestContext.Current.CancellationToken)).Versions);
    }
}
