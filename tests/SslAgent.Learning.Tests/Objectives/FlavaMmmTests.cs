using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class FlavaMmmTests
{
    [Fact]
    public void Each_pair_is_fused_by_itself_and_padding_changes_nothing()
    {
        using var fixture = Fixture.OfTexts();
        using IDisposable noGradients = no_grad();
        TokenBatch texts = fixture.Input.Texts!;
        Mlm.Masking masking = Mlm.Hide(texts, 0.4, 300, new DrawKey(Some.Seed, 1, 2, ChanceStream.Masking));
        double sum = 0;
        for (var row = 0; row < texts.Rows; row++)
        {
            int first = row * texts.Width, length = texts.Lengths[row];
            int[] own = [.. Enumerable.Range(0, masking.Positions.Length).Where(place => masking.Positions[place] / texts.Width == row)];
            ObjectiveInput alone = fixture.Input with
            {
                Frames = fixture.Input.Frames!.narrow(0, row, 1),
                Texts = new TokenBatch(texts.Row(row).ToArray(), [length], length),
            };
            var hidden = new Mlm.Masking(masking.Ids[first..(first + length)], [.. own.Select(place => masking.Positions[place] - first)], [.. own.Select(place => masking.Targets[place])]);
            sum += own.Length * FlavaMmm.Loss(alone, hidden, KnobValues.None).Loss.item<float>();
        }

        Assert.Equal(sum / masking.Positions.Length, FlavaMmm.Loss(fixture.Input, masking, KnobValues.None).Loss.item<float>(), 1e-4);
    }

    [Fact]
    public void It_sees_the_frame_and_the_words_that_are_left()
    {
        using var fixture = Fixture.OfTexts();
        using IDisposable noGradients = no_grad();
        ObjectiveInput input = fixture.Input;
        Mlm.Masking masking = Mlm.Hide(input, 0.15);
        float loss = FlavaMmm.Loss(input, masking, KnobValues.None).Loss.item<float>();
        Assert.NotEqual(loss, FlavaMmm.Loss(input with { Frames = input.Frames!.roll(1, 0) }, masking, KnobValues.None).Loss.item<float>());
        int[] other = [.. masking.Ids];
        int left = Enumerable.Range(1, input.Texts!.Lengths[0] - 2).First(place => !masking.Positions.Contains(place));
        other[left] = other[left] == 299 ? 298 : 299;
        Assert.NotEqual(loss, FlavaMmm.Loss(input, masking with { Ids = other }, KnobValues.None).Loss.item<float>());
    }

    [Fact]
    public void Of_an_empty_text_there_is_still_a_loss()
    {
        using var fixture = Fixture.OfTexts();
        TokenBatch texts = TokenBatch.Encode(new ByteTokenizer(), [new Domain.Text(Array.Empty<byte>())], 12);
        ObjectiveInput input = fixture.Input with { Frames = fixture.Input.Frames!.narrow(0, 0, 1), Texts = texts };
        Assert.True(float.IsFinite(FlavaMmm.Definition.Loss(input).Loss.item<float>()));
    }

    /// <summary>Of held-out emoji: the same words with another emoji's picture are worth less.</summary>
    [Fact]
    public void A_frame_helps_to_find_the_words_that_are_hidden()
    {
        RealData emoji = RealData.Emoji();
        using Learner learner = emoji.Learner(Some.SmallLearning with
        {
            Objectives = [new() { Name = ObjectiveNames.FlavaMmm, BatchSize = 32 }],
            LearningRate = 2e-3,
            WarmupSteps = 20,
            ProbeSentinelsMax = 256,
            MlmMaskRate = 0.75, // Few words are left to guess the others by.
        });
        learner.RunCycle(new CycleNumber(1), 0, 450, emoji, _ => true, null);
        EraProbe own = learner.Probe(emoji).Eras.Single(), others = learner.Probe(new OthersFrames(emoji)).Eras.Single();
        Assert.True(own.Loss < 0.95 * own.TrivialLoss, own.ToString());
        Assert.True(own.Loss < others.Loss - 0.1, $"{own} with their own frames, {others} with those of others");
    }

    /// <summary>The same sentinels, each with the frame of the one that follows.</summary>
    private sealed class OthersFrames(ISentinelSource source) : ISentinelSource
    {
        public IReadOnlyList<Era> Eras => source.Eras;

        public Batch Read(int era, Modality modality, int countMax)
        {
            Batch batch = source.Read(era, modality, countMax);
            return batch.Frames.Count == 0 ? batch : batch with { Frames = [.. batch.Frames.Skip(1), batch.Frames[0]] };
        }
    }
}
