using SslAgent.Domain;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;

namespace SslAgent.Learning.Tests;

/// <summary>A few seconds on the shipped emoji already teach something about held-out ones.</summary>
public sealed class RealDataTests(ITestOutputHelper output)
{
    [Fact]
    public void Masked_autoencoding_learns_shapes_and_the_picture_of_what_it_imagines_keeps_what_it_saw()
    {
        var shape = new ModelOptions { Preset = "nano", ImageSize = 32, FrameLayers = 2, FrameWidth = 64, FrameHeads = 2, DecoderWidth = 32, DecoderHeads = 2 };
        LearnerPlan plan = Some.Plan(
            Some.SmallLearning with { Objectives = [new ObjectiveOptions { Name = "mae" }], BatchSize = 64, LearningRate = 2e-3, WarmupSteps = 20, ProbeSentinelsMax = 128 },
            shape);
        using Learner learner = Some.Learner(plan);
        EraProbe before = learner.Probe(Emoji.HeldOut).Eras.Single();
        learner.RunCycle(new CycleNumber(1), 0, 150, Emoji.Training, _ => true, null);
        EraProbe after = learner.Probe(Emoji.HeldOut).Eras.Single();
        output.WriteLine($"seed {plan.Seed}: held-out loss {before.Loss:F3} -> {after.Loss:F3}, trivial {after.TrivialLoss:F3}, noise {after.Noise:F4}");
        Assert.InRange(after.TrivialLoss, 0.5, 0.9);
        Assert.True(after.Loss < before.Loss - 0.15, $"{before.Loss} -> {after.Loss}");
        Assert.True(after.Noise < 0.02);

        Frame[] frames = [.. Emoji.HeldOut.Read(0, Modality.Frame, 2).Frames];
        ReconstructedFrame[] pictures = [.. learner.ReconstructFrames(frames)];
        Assert.Equal(2, pictures.Length);
        foreach (ReconstructedFrame picture in pictures)
        {
            Assert.Equal((32, 32), (picture.Masked.Width, picture.Reconstructed.Height));
            int kept = picture.Original.Rgb.Zip(picture.Reconstructed.Rgb).Count(pair => pair.First == pair.Second);
            Assert.True(kept >= 4 * 8 * 8 * 3, "the four kept patches are as they were");
            Assert.NotEqual(picture.Original.Rgb, picture.Masked.Rgb);
        }
    }
}
