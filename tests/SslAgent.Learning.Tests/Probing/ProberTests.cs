using SslAgent.Domain;
using SslAgent.Learning.Tests.Support;

namespace SslAgent.Learning.Tests.Probing;

public sealed class ProberTests
{
    [Fact]
    public void The_same_weights_give_the_same_report_and_probing_changes_no_weight()
    {
        using Learner learner = Trained();
        string digest = learner.Digest();
        ProbeReport first = learner.Probe(new Sentinels()), second = learner.Probe(new Sentinels());
        Assert.Equal(first.Eras, second.Eras, Same);
        Assert.Equal(first.Features, second.Features);
        Assert.Equal(first.Joint, second.Joint);
        Assert.Equal(first.Retrieval, second.Retrieval);
        Assert.Equal(digest, learner.Digest());
    }

    [Fact]
    public void Every_objective_is_probed_on_every_era_with_its_noise_and_its_trivial_loss()
    {
        using Learner learner = Trained();
        ProbeReport report = learner.Probe(new Sentinels());
        Assert.Equal(["clip 0", "clip 1", "mae 0", "mae 1", "mlm 0", "mlm 1"], report.Eras.Select(era => $"{era.Objective} {era.Era}").Order());
        Assert.All(report.Eras, era =>
        {
            Assert.Equal(20, era.Count);
            Assert.True(era.Noise > 1e-5 && era.Noise < era.Loss, era.ToString());
            // Twenty sentinels in sixteen groups: of one or of two, and their mean is the loss.
            Assert.Equal(16, era.Groups.Count);
            Assert.Equal(era.Loss, era.Groups.Select((loss, group) => loss * (((group + 1) * 20 / 16) - (group * 20 / 16))).Sum() / 20, 1e-9);
        });
        // Twenty pairs are asked about in two groups of ten.
        Assert.All(report.Eras.Where(era => era.Objective == "clip"), era => Assert.Equal(Math.Log(10), era.TrivialLoss, 1e-9));
        Assert.Equal(["frames 32 40", "text 32 40"], report.Features.Select(health => $"{health.Tower} {health.Width} {health.Count}"));
        Assert.Equal(40, report.Retrieval!.Pool);
        Assert.All(report.Features, health =>
        {
            Assert.InRange(health.TailShare!.Value, 0, 0.5);
            Assert.True(health.Condition >= 1, health.ToString());
            Assert.InRange(health.Uniformity!.Value, -4, 0);
        });
        var sentinels = new Sentinels();
        int texts = sentinels.Eras.SelectMany(era => sentinels.Read(era.Number, Modality.Pair, int.MaxValue).Texts).Select(text => text.ToString()).Distinct().Count();
        Assert.InRange(texts, 16, 39);
        Assert.Equal(["joint frames 16 40", $"joint text 16 {texts}"], report.Joint.Select(health => $"{health.Tower} {health.Width} {health.Count}"));
        Assert.All(report.Joint, health => Assert.InRange(health.EffectiveRank, 1, 16));
        Assert.InRange(report.Features[0].Alignment!.Value, 1e-6, 4);
        Assert.Null(report.Features[1].Alignment);
        Assert.InRange(report.Retrieval.Alignment!.Value, 1e-6, 4);
        Assert.InRange(report.Retrieval.Uniformity!.Value, -4, 0);
        Assert.Equal(["frames 1 20", "text 1 20"], report.Shifts.Select(shift => $"{shift.Tower} {shift.Era} {shift.Count}"));
    }

    [Fact]
    public void A_report_tells_which_objectives_vouch_for_which_spaces()
    {
        using Learner learner = Some.Learner(Some.Plan(Some.SmallLearning with { Objectives = [new() { Name = "mae" }, new() { Name = "mlm" }, new() { Name = "clip" }, new() { Name = "byol" }] }));
        Assert.Equal(
            ["frames mae", "text mlm", "frames clip", "text clip", "joint frames clip", "joint text clip"],
            learner.Probe(new Sentinels()).Witnesses.Select(witness => $"{witness.Tower} {witness.Objective}"));
    }

    [Fact]
    public void Before_the_tokenizer_only_frames_are_probed()
    {
        using Learner learner = Some.Learner(Some.Plan());
        ProbeReport report = learner.Probe(new Sentinels());
        Assert.All(report.Eras, era => Assert.Equal("mae", era.Objective));
        Assert.Equal("frames", report.Features.Single().Tower);
        Assert.Null(report.Retrieval);
        Assert.Empty(report.Joint);
    }

    [Fact]
    public void Without_sentinels_there_is_nothing_to_say()
    {
        using Learner learner = Trained();
        ProbeReport report = learner.Probe(new NoSentinels());
        Assert.Empty(report.Eras);
        Assert.Empty(report.Features);
        Assert.Null(report.Retrieval);
    }

    private static bool Same(EraProbe left, EraProbe right) =>
        (left.Era, left.Objective, left.Loss, left.Noise, left.TrivialLoss, left.Count) == (right.Era, right.Objective, right.Loss, right.Noise, right.TrivialLoss, right.Count);

    private static Learner Trained()
    {
        Learner learner = Some.Learner(Some.Plan());
        learner.AdoptTokenizer(new ByteTokenizer());
        learner.RunCycle(new CycleNumber(1), 0, 12, new KeyedSource(40, 40, 40), _ => true, null);
        return learner;
    }

    private sealed class NoSentinels : ISentinelSource
    {
        public IReadOnlyList<Era> Eras => [];

        public Batch Read(int era, Modality modality, int countMax) => new(modality, [], [], []);
    }
}
