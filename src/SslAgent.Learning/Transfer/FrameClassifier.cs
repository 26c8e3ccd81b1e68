using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Optimizing;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.State;
using SslAgent.Learning.Torch;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Transfer;

/// <summary>
/// A frame tower under a linear layer of class scores, all of it trained with labels: what a version's weights are worth as a start, beside the same network's
/// first weights. For measuring only; nothing of it is ever stored. fp32; one thread; whoever made it disposes it.
/// </summary>
public sealed class FrameClassifier : IDisposable
{
    // B batch, D width of the tower, K classes.
    private const string Section = "classifier", Layer = "classifier.scores";

    private const int ChunkFrames = 128;

    private readonly ModelPlan _model;
    private readonly NormalizationPlan _normalization;
    private readonly FlatParameters _parameters;
    private readonly TowerSet _towers;
    private readonly ulong _seed;
    private int _steps;

    private FrameClassifier(ModelPlan model, NormalizationPlan normalization, int classes, string device, ulong seed)
    {
        TorchRuntime.Configure(Environment.ProcessorCount);
        (_model, _normalization, _seed) = (model, normalization, seed);
        var layout = new ParameterLayout([VisionTower.Declare(model), new SectionSpec(Section, [.. TransformerStack.DeclareLinear(Layer, classes, model.Frame.Width)])]);
        _parameters = new FlatParameters(layout, new ComputePlan(device, ComputeDtype.Fp32, Environment.ProcessorCount, 1, 1), averaged: false);
        _towers = new TowerSet(model, _parameters.Compute);
        StoredWeights.Fill(_parameters.Masters, Initialization.BytesOf(Initialization.Draw(layout, seed)));
    }

    /// <summary>The shape of a version's frame tower with its weights.</summary>
    public static FrameClassifier Of(IStoredModel stored, int classes, string device, ulong seed)
    {
        FrameClassifier classifier = FromScratch(stored, classes, device, seed);
        using var scope = NewDisposeScope();
        using Weights served = LoadedWeights.Load(stored, classifier._model, new Device(device), ComputeDtype.Fp32);
        using IDisposable noGradients = no_grad();
        SectionRange from = served.Layout.Sections.Single(section => section.Name == VisionTower.Section);
        FlatParameters.Range(classifier._parameters.Masters, classifier._parameters.Section(VisionTower.Section)).copy_(FlatParameters.Range(served.Flat, from));
        return classifier;
    }

    /// <summary>The shape of a version's frame tower with first weights.</summary>
    public static FrameClassifier FromScratch(IStoredModel stored, int classes, string device, ulong seed)
    {
        ModelDescription description = StoredWeights.ReadDescription(stored);
        return new FrameClassifier(description.Model, description.Normalization, classes, device, seed);
    }

    /// <summary>The shape of a plan's frame tower with first weights.</summary>
    public static FrameClassifier FromScratch(LearnerPlan plan, int classes) => new(plan.Model, plan.Normalization, classes, plan.Compute.Device, plan.Seed);

    /// <summary>Trains on all the frames: batches in an order that is shuffled anew for each pass. A further call goes on.</summary>
    /// <param name="labels">A class number below K for each frame.</param>
    public void Train(IReadOnlyList<Frame> frames, IReadOnlyList<int> labels, FineTuning tuning, CancellationToken cancellation)
    {
        Check.That(frames.Count == labels.Count && frames.Count > 0, "every frame has a label");
        var plan = new OptimizerPlan(tuning.LearningRate, tuning.WarmupSteps, tuning.WeightDecay, 0.9, 0.999, 1e-8, 1, 0);
        int batch = Math.Min(tuning.BatchSize, frames.Count), perPass = (frames.Count + batch - 1) / batch;
        int[] order = [];
        int last = _steps + tuning.Steps;
        for (int step = _steps; step < last; step++, _steps++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (step % perPass == 0 || order.Length == 0) order = Shuffled(frames.Count, new DrawKey(_seed, 0, step / perPass, ChanceStream.Sampling));
            int[] rows = order[(step % perPass * batch)..Math.Min(order.Length, (step % perPass + 1) * batch)];
            Step([.. rows.Select(row => frames[row])], [.. rows.Select(row => (long)labels[row])], tuning, plan, step);
        }
    }

    /// <summary>The class with the highest score for each whole frame.</summary>
    public int[] Predict(IReadOnlyList<Frame> frames) =>
        [.. OfWhole(frames, pixels => Scores(pixels).argmax(1).cpu().data<long>().ToArray()).Select(one => (int)one)];

    /// <summary>Mean features of each whole frame, [frames][D].</summary>
    public float[][] Embed(IReadOnlyList<Frame> frames) =>
        [.. OfWhole(frames, pixels => _towers.Vision.Pool(pixels).cpu().contiguous().data<float>().ToArray()).Chunk(_model.Frame.Width)];

    public void Dispose()
    {
        _towers.Dispose();
        _parameters.Dispose();
    }

    private void Step(Frame[] frames, long[] labels, FineTuning tuning, OptimizerPlan plan, int step)
    {
        using var scope = NewDisposeScope();
        int side = _model.ImageSize;
        Tensor pixels = RandomCrop.Apply(
            FrameTensors.Pack(frames, side, _parameters.Compute.Device), side, tuning.CropAreaMin, flip: true, new DrawKey(_seed, 0, step, ChanceStream.Augmentation));
        string[] sections = [VisionTower.Section, Section];
        _parameters.ClearGradients(sections);
        Tensor loss = Mlm.CrossEntropy(Scores(FrameTensors.Normalize(pixels, _normalization)), tensor(labels, device: _parameters.Compute.Device));
        loss.backward();
        using (no_grad()) FlatAdamW.Step(_parameters, plan, sections, loss.detach());
    }

    /// <summary>fp32 [B, K].</summary>
    private Tensor Scores(Tensor frames) => Numerics.Linear(_towers.Vision.Pool(frames), _parameters.Compute, Layer);

    private List<T> OfWhole<T>(IReadOnlyList<Frame> frames, Func<Tensor, T[]> ask)
    {
        var said = new List<T>();
        foreach (Frame[] chunk in frames.Chunk(ChunkFrames))
        {
            using var scope = NewDisposeScope();
            using IDisposable noGradients = no_grad();
            said.AddRange(ask(InputBuilder.WholeFrames(chunk, _model, _normalization, _parameters.Compute.Device)));
        }

        return said;
    }

    private static int[] Shuffled(int count, DrawKey key)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        var chance = new Philox(key);
        chance.Shuffle<int>(order);
        return order;
    }
}
