using SslAgent.Domain;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>That an objective's batches are made of windows of time, and what of.</summary>
/// <param name="Frames">Frames in a window.</param>
/// <param name="WithTexts">Whether it has use for what a source said, where it said something.</param>
internal sealed record Windowed(int Frames, bool WithTexts = false)
{
    /// <summary>The windows that the plan wants of this kind.</summary>
    public WindowShape ShapeOf(WindowPlan plan) => new(Frames, TimeSpan.FromMilliseconds(plan.SpacingMs), TimeSpan.FromMilliseconds(plan.GapMaxMs), WithTexts);
}

/// <summary>What objectives on windows share.</summary>
internal static class FrameWindows
{
    // B windows, W frames in each, S side, D width of the tower.

    /// <summary>All frames, window after window, fp32 [B·W, 3, S, S].</summary>
    public static Tensor FramesOf(ObjectiveInput input)
    {
        Tensor frames = Check.NotNull(input.Frames, "windows are of frames");
        Check.That(frames.shape[0] % input.WindowFrames == 0, "windows are whole");
        return frames;
    }

    /// <summary>Mean features of some of each window's frames, fp32 [B, count, D].</summary>
    public static Tensor Pool(ObjectiveInput input, int first, int count)
    {
        Tensor frames = FramesOf(input);
        long windows = frames.shape[0] / input.WindowFrames;
        Tensor chosen = count == input.WindowFrames
            ? frames
            : frames.view(windows, input.WindowFrames, frames.shape[1], frames.shape[2], frames.shape[3]).narrow(1, first, count).reshape(windows * count, frames.shape[1], frames.shape[2], frames.shape[3]);
        return input.Towers.Vision.Pool(chosen).view(windows, count, input.Plan.Model.Frame.Width);
    }

    /// <summary>The same of all frames, fp32 [B, W, D].</summary>
    public static Tensor Pool(ObjectiveInput input) => Pool(input, 0, input.WindowFrames);

    /// <summary>Features as a feature list wants them, fp32 [B·W, D].</summary>
    public static Tensor Flat(Tensor features) => features.reshape(features.shape[0] * features.shape[1], features.shape[2]);
}
