using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Tests.Support;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class WorldModelTests
{
    private const int Seen = WorldModel.Seen, Ahead = WorldModel.Ahead, Frames = Seen + Ahead, Width = 16;

    [Fact]
    public void It_begins_by_saying_that_nothing_changes_and_pays_what_that_costs()
    {
        using var fixture = Fixture.OfTimes();
        using IDisposable noGradients = no_grad();
        fixture.Weights["world_model.changes.weight"].zero_();
        fixture.Weights["world_model.changes.bias"].zero_();
        float[] targets = Pictures.Values(WorldModel.Targets(fixture.Input).Frames);
        double sum = 0;
        for (var window = 0; window < 2; window++)
        {
            for (var ahead = Seen; ahead < Frames; ahead++)
            {
                for (var i = 0; i < Width; i++) sum += Math.Pow(At(window, ahead, i) - At(window, Seen - 1, i), 2);
            }
        }

        ObjectiveLoss loss = WorldModel.Definition.Loss(fixture.Input);
        Assert.Equal(sum / (2 * Ahead * Width), loss.Loss.item<float>(), 1e-4);
        Assert.Equal(loss.Loss.item<float>(), loss.Terms[0].item<float>(), 1e-5);
        double mean = Enumerable.Range(0, 2).SelectMany(window => Enumerable.Range(Seen, Ahead).SelectMany(ahead => Enumerable.Range(0, Width).Select(i => Math.Pow(At(window, ahead, i), 2)))).Average();
        Assert.Equal(Math.Min(mean, sum / (2 * Ahead * Width)), WorldModel.Definition.TrivialLoss(fixture.Input), 1e-4);

        double At(int window, int frame, int number) => targets[(((window * Frames) + frame) * Width) + number];
    }

    [Fact]
    public void The_roll_out_is_what_a_slow_one_gives_step_by_step()
    {
        using var fixture = Fixture.OfTimes();
        using IDisposable noGradients = no_grad();
        WorldModel.Future future = WorldModel.Targets(fixture.Input);
        float[] targets = Pictures.Values(future.Frames);
        float[][] features = [.. Enumerable.Range(0, 16).Select(row => Pictures.Values(fixture.Towers.Vision.Pool(fixture.Input.Frames!.narrow(0, row, 1))))];
        float[][] seen = [.. features.Where((_, row) => row % Frames < Seen)];
        double[] means = [.. Enumerable.Range(0, Width).Select(i => seen.Average(feature => (double)feature[i]))];
        double[] deviations = [.. Enumerable.Range(0, Width).Select(i => Math.Sqrt(seen.Average(feature => (feature[i] - means[i]) * (feature[i] - means[i])) + 1e-5))];
        Tensor pooled = fixture.Towers.Text.Pool(new TokenTensors(fixture.Input.Texts!, fixture.Input.Device));
        float[] surprises = Pictures.Values(Check.NotNull(WorldModel.Definition.Loss(fixture.Input).Surprise, "what was predicted is told"));
        for (var window = 0; window < 2; window++)
        {
            var state = new double[4 * Width];
            for (var frame = 0; frame < Seen; frame++)
            {
                int row = (window * Frames) + frame;
                double[] text = Standard(Pictures.Values(pooled[row]));
                double[] said = Linear(fixture, "world_model.said", text);
                state = Step(fixture, [.. features[row].Select((value, i) => ((value - means[i]) / deviations[i]) + said[i])], state);
            }

            double[] last = Target(Seen - 1);
            double error = 0;
            for (var frame = Seen; frame < Frames; frame++)
            {
                if (frame > Seen) state = Step(fixture, last, state);
                double[] changes = Linear(fixture, "world_model.changes", [.. Linear(fixture, "world_model.foreseen", state).Select(Gelu)]);
                last = [.. last.Zip(changes, (value, change) => value + change)];
                error += last.Zip(Target(frame), (a, b) => (a - b) * (a - b)).Average() / Ahead;
            }

            Assert.Equal(error, surprises[window], 2e-3 * error);

            double[] Target(int frame) => [.. Enumerable.Range(0, Width).Select(i => (double)targets[(((window * Frames) + frame) * Width) + i])];
        }
    }

    [Fact]
    public void Frames_to_come_reach_the_targets_alone_and_targets_have_no_gradient()
    {
        using var fixture = Fixture.OfTimes();
        WorldModel.Future before = WorldModel.Targets(fixture.Input);
        Assert.False(before.Frames.requires_grad);
        Tensor changed = fixture.Input.Frames!.clone();
        changed.narrow(0, Seen, Ahead).fill_(1);
        WorldModel.Future after = WorldModel.Targets(fixture.Input with { Frames = changed });
        Pictures.Same(before.Frames.narrow(1, 0, Seen), after.Frames.narrow(1, 0, Seen));
        Assert.NotEqual(Pictures.Values(before.Ahead), Pictures.Values(after.Ahead));
        Pictures.Same(WorldModel.Definition.Features(fixture.Input)[0].detach(), WorldModel.Definition.Features(fixture.Input with { Frames = changed })[0].detach());
    }

    [Fact]
    public void What_a_source_said_counts_where_it_said_something_and_moves_no_text_tower()
    {
        using var fixture = Fixture.OfTimes();
        Tensor with = WorldModel.Definition.Loss(fixture.Input).Loss, without = WorldModel.Definition.Loss(fixture.Input with { Texts = null }).Loss;
        Assert.NotEqual(with.item<float>(), without.item<float>());
        int[] later = [.. Enumerable.Range(0, 16).Select(row => row % Frames < Seen ? row : 0)];
        Assert.Equal(with.item<float>(), WorldModel.Definition.Loss(fixture.Input with { Texts = fixture.Input.Texts!.Select(later) }).Loss.item<float>(), 1e-6f);
        with.backward();
        SectionRange text = fixture.Layout.Sections.Single(section => section.Name == TextTower.Section);
        Assert.Equal(0, FlatParameters.Range(fixture.Gradients, text).abs().max().item<float>());
        SectionRange own = fixture.Layout.Sections.Single(section => section.Name == WorldModel.Section);
        Assert.True(FlatParameters.Range(fixture.Gradients, own).abs().max().item<float>() > 1e-4f);
    }

    [Fact]
    public void A_masked_step_leaves_the_units_and_a_taken_one_moves_them_to_the_batchs()
    {
        using var fixture = Fixture.OfTimes();
        using IDisposable noGradients = no_grad();
        using var parameters = new FlatParameters(fixture.Layout, fixture.Plan.Compute, averaged: false);
        Tensor units = fixture.State!["world_model.units.means"], seen = WorldModel.Targets(fixture.Input).Batch;
        parameters.SetCounter(WorldModel.Section, new SectionCounter(1, 0));
        float[] before = Pictures.Values(units.clone()), batch = Pictures.Values(seen[0]);
        Step(taken: 0);
        Assert.Equal(before, Pictures.Values(units));
        Step(taken: 1);
        float[] after = Pictures.Values(units);
        for (var i = 0; i < Width; i++) Assert.Equal((0.1 * before[i]) + (0.9 * batch[i]), after[i], 1e-4);

        void Step(float taken) => Check.NotNull(WorldModel.Definition.AfterStep, "it has state")(new StepTaken(fixture.Plan, parameters, fixture.State, [seen], tensor(taken)));
    }

    [Fact]
    public void A_source_that_does_what_nobody_can_foresee_surprises_more_than_one_that_stands_still()
    {
        var frames = new List<Frame>();
        var moments = new List<Moment>();
        for (var number = 0; number < 60; number++)
        {
            frames.Add(Some.Frame(3));
            frames.Add(Some.Frame(number));
            moments.Add(new Moment("still", number * 100));
            moments.Add(new Moment("wild", number * 100));
        }

        using Learner learner = Some.Learner(Some.Plan(Some.SmallLearning with { Objectives = [new() { Name = ObjectiveNames.WorldModel, BatchSize = 64 }] }));
        CycleReport report = learner.RunCycle(new CycleNumber(1), 0, 60, new SamplesInMemory(frames, moments: moments), _ => true, null);
        Assert.Equal(["still", "wild"], report.Surprises.Select(one => one.Source));
        Assert.True(report.Surprises[1].Error > 5 * report.Surprises[0].Error, string.Join("; ", report.Surprises));
        Assert.Equal(60 * 8, report.Surprises.Sum(one => one.Windows));
    }

    private static double[] Step(Fixture fixture, double[] input, double[] state)
    {
        double[] read = Linear(fixture, "world_model.dynamics.input", input), known = Linear(fixture, "world_model.dynamics.state", state);
        int wide = state.Length;
        return
        [
            .. Enumerable.Range(0, wide).Select(i =>
            {
                double reset = Sigmoid(read[i] + known[i]), update = Sigmoid(read[wide + i] + known[wide + i]);
                double fresh = Math.Tanh(read[(2 * wide) + i] + (reset * known[(2 * wide) + i]));
                return ((1 - update) * fresh) + (update * state[i]);
            }),
        ];
    }

    private static double[] Linear(Fixture fixture, string name, double[] input)
    {
        float[] weights = Pictures.Values(fixture.Weights[name + ".weight"]), bias = Pictures.Values(fixture.Weights[name + ".bias"]);
        return [.. weights.Chunk(input.Length).Select((row, i) => row.Zip(input, (a, b) => a * b).Sum() + bias[i])];
    }

    private static double[] Standard(float[] values)
    {
        double mean = values.Average(value => (double)value), variance = values.Average(value => (value - mean) * (value - mean));
        return [.. values.Select(value => (value - mean) / Math.Sqrt(variance + 1e-6))];
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Gelu(double x) => Pictures.Values(nn.functional.gelu(tensor((float)x).view(1)))[0];
}
