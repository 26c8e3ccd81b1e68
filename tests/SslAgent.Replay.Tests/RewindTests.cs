using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;
using SslAgent.Storage;
using SslAgent.Storage.Tests.Support;

namespace SslAgent.Replay.Tests;

/// <summary>A rewind is a fold like everything else: the past, and what came since, once more.</summary>
public sealed class RewindTests
{
    private static readonly ModelVersion Past = new(1);

    [Fact]
    public void Without_anything_denied_what_is_remembered_is_what_an_undisturbed_fold_remembers()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Open(disk, out Saves saves);
        foreach (Intake intake in new RandomStream(51).Take(500)) ledger.Admit(intake);
        saves.Keep(Past, ledger);
        foreach (Intake intake in new RandomStream(52).TakeBehind(ledger, 700)) ledger.Admit(intake);
        (string[] before, string sentinels) = (Drawable(ledger), Sentinels(ledger));
        ledger.Decide(RewindTo(saves.PositionOf(Past)));
        Assert.Equal(before, Drawable(ledger));
        Assert.Equal(sentinels, Sentinels(ledger));
    }

    [Fact]
    public void Cycles_drops_and_quarantines_since_are_undone_and_what_they_took_is_fresh_again()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Open(disk, out Saves saves);
        foreach (Intake intake in new RandomStream(53).Take(200)) ledger.Admit(intake);
        saves.Keep(Past, ledger);
        long since = ledger.TrainableSinceCycle;
        int admitted = new RandomStream(54).TakeBehind(ledger, 60).Count(intake => ledger.Admit(intake).Result == AdmissionResult.Admitted);
        string[] undisturbed = Drawable(ledger);
        OpenCycle cycle = ledger.StartCycle(Some.CycleStarted(1));
        Batch drawn = ledger.View(cycle, 0.5).Draw(Modality.Text, 8, new DrawKey(Some.Seed, 1, 0, ChanceStream.Sampling));
        ledger.Decide(Some.CycleEnded(1, 2, [.. drawn.Ids.Select(id => id.Sequence)]));
        ledger.Decide(Some.RolledBack(saves.PositionOf(Past), ReplayRollback.DropSince));
        Assert.NotEqual(undisturbed, Drawable(ledger));

        ledger.Decide(RewindTo(saves.PositionOf(Past)));

        Assert.Equal(undisturbed, Drawable(ledger));
        Assert.Equal(since + admitted, ledger.TrainableSinceCycle);
    }

    [Fact]
    public void A_denied_stretch_is_never_drawn_again_also_when_it_is_delivered_once_more()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Open(disk, out Saves saves);
        for (int i = 0; i < 30; i++) ledger.Admit(Some.TextSample(i, "good " + i));
        saves.Keep(Past, ledger);
        for (int i = 30; i < 60; i++) ledger.Admit(Some.TextSample(i, (i is >= 40 and <= 49 ? "poison " : "good ") + i));
        Assert.Contains(Drawable(ledger), text => text.StartsWith("poison", StringComparison.Ordinal));
        (long denied, long others) = ledger.CountAdmitted(saves.PositionOf(Past), [new DeniedRange("stream", 0, 40, 49)]);

        ledger.Decide(RewindTo(saves.PositionOf(Past), new DeniedRange("stream", 0, 40, 49)));

        string[] left = Drawable(ledger);
        Assert.DoesNotContain(left, text => text.StartsWith("poison", StringComparison.Ordinal));
        Assert.Contains(left, text => text.StartsWith("good 5", StringComparison.Ordinal));
        Assert.True(denied > 0 && others > 0);
        Assert.Equal(AdmissionResult.Redelivered, ledger.Admit(Some.TextSample(45, "poison 45")).Result);
        ledger.OpenEpoch("stream", 0, 40, "an operator reads it again");
        Assert.Equal(AdmissionResult.Skipped, ledger.Admit(new Intake.Accepted(Some.TextSample(45, "poison 45") with { At = Some.At(45, epoch: 1) })).Result);
        Assert.True(ledger.Admit(new Intake.Accepted(Some.TextSample(50, "good again") with { At = Some.At(50, epoch: 1) })).Result <= AdmissionResult.Sentinel);
        Assert.True(ledger.Stats().Skipped[SkipReason.Denied] == 1);
    }

    [Fact]
    public void Chance_deals_with_what_is_not_denied_as_it_did_before()
    {
        var disk = new SimulatedDisk();
        ReplayOptions roomy = Ledgers.Small with { TextsMax = 10_000, TextBytesMax = 1 << 20, FreshMax = 10_000 };
        using ReplayLedger ledger = Open(disk, out Saves saves, roomy);
        saves.Keep(Past, ledger);
        for (int i = 0; i < 200; i++) ledger.Admit(Some.TextSample(i, "line " + i));
        string[] all = Drawable(ledger);
        ledger.Decide(RewindTo(saves.PositionOf(Past), new DeniedRange("stream", 0, 100, 119)));
        HashSet<string> denied = [.. Enumerable.Range(100, 20).Select(i => "line " + i)];
        Assert.Equal(all.Where(text => !denied.Contains(text)), Drawable(ledger));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Recovery_arrives_at_the_same_state_from_before_the_rewind_and_from_nothing(bool fromNothing)
    {
        var disk = new SimulatedDisk();
        string live;
        Saves saves;
        MemoryStream before;
        using (ReplayLedger ledger = Open(disk, out saves))
        {
            foreach (Intake intake in new RandomStream(55).Take(300)) ledger.Admit(intake);
            saves.Keep(Past, ledger);
            foreach (Intake intake in new RandomStream(56).TakeBehind(ledger, 300)) ledger.Admit(intake);
            before = ledger.SaveState();
            ledger.Decide(RewindTo(saves.PositionOf(Past), new DeniedRange("stream", 1, 50, 90)));
            foreach (Intake intake in new RandomStream(57).TakeBehind(ledger, 100)) ledger.Admit(intake);
            ledger.Sync();
            live = ledger.StateDigest();
        }

        using ReplayLedger recovered = Open(disk.AfterCrash(), saves, fromNothing ? null : before);
        Assert.Equal(live, recovered.StateDigest());
    }

    [Fact]
    public void Beyond_what_the_journal_keeps_in_full_it_is_refused_with_what_is_missing_and_nothing_is_journalled()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Open(disk, out Saves saves);
        for (int i = 0; i < 20; i++) ledger.Admit(Some.TextSample(i, "line " + i));
        saves.Keep(Past, ledger);
        ledger.Decide(new JournalRecord.HistoryRetired(saves.PositionOf(Past) + 1, "retention"));
        long position = ledger.Position;
        ControlRefusedException refused = Assert.Throws<ControlRefusedException>(() => ledger.Decide(RewindTo(saves.PositionOf(Past))));
        Assert.Contains("does not reach back to v1", refused.Message, StringComparison.Ordinal);
        Assert.Equal(position, ledger.Position);

        refused = Assert.Throws<ControlRefusedException>(() => ledger.Decide(
            new JournalRecord.RolledBack(new ModelVersion(7), ledger.Position, new ModelVersion(8), ReplayRollback.Rewind, "test", [])));
        Assert.Contains("v7", refused.Message, StringComparison.Ordinal);
        Assert.Equal(position, ledger.Position);
    }

    private static JournalRecord.RolledBack RewindTo(long position, params DeniedRange[] denied) =>
        new(Past, position, new ModelVersion(9), ReplayRollback.Rewind, "test", denied);

    private static ReplayLedger Open(IDisk disk, out Saves saves, ReplayOptions? options = null)
    {
        saves = new Saves();
        return Open(disk, saves, saved: null, options);
    }

    private static ReplayLedger Open(IDisk disk, Saves saves, Stream? saved, ReplayOptions? options = null) => ReplayLedger.Open(
        new ReplayPlace(disk, "/journal", Some.Seed, TimeProvider.System) { Past = saves.Find }, options ?? Ledgers.Small, saved,
        Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

    /// <summary>What a cycle that began now could draw, in order of the samples.</summary>
    private static string[] Drawable(ReplayLedger ledger)
    {
        MemoryStream state = ledger.SaveState();
        ReplayState copy = ReplayState.Load(state, Ledgers.Small with { TextsMax = 10_000, TextBytesMax = 1 << 20, FreshMax = 10_000 }, Some.Seed);
        var live = new SortedSet<long>();
        copy.Memory.Buffer.CollectLive(live);
        copy.Memory.Fresh.CollectLive(live);
        using var journal = new Reading(ledger);
        return [.. live.Select(journal.Describe)];
    }

    private static string Sentinels(ReplayLedger ledger) => string.Join(',', ledger.Sentinels().Eras.Select(era => era.ToString()));

    /// <summary>Saved states of versions, as the store has them.</summary>
    private sealed class Saves
    {
        private readonly Dictionary<ModelVersion, (long Position, byte[] State)> _states = [];

        public void Keep(ModelVersion version, ReplayLedger ledger) => _states[version] = (ledger.Position, ledger.SaveState().ToArray());

        public long PositionOf(ModelVersion version) => _states[version].Position;

        public MemoryStream? Find(ModelVersion version) => _states.TryGetValue(version, out (long Position, byte[] State) saved) ? new MemoryStream(saved.State) : null;
    }

    /// <summary>Samples in words.</summary>
    private sealed class Reading : IDisposable
    {
        private readonly Dictionary<long, string> _words = [];

        public Reading(ReplayLedger ledger)
        {
            ledger.Sync();
            foreach (NumberedRecord numbered in ledger.ReadAll())
            {
                if (numbered.Record is JournalRecord.Admitted { Sample: { } sample })
                    _words[numbered.Sequence] = sample.Text is { } text ? text.ToString() : $"frame {sample.At}";
            }
        }

        public string Describe(long id) => _words[id];

        public void Dispose() => _words.Clear();
    }
}
