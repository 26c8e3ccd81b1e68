using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Learning.Options;
using SslAgent.Pretraining;

namespace SslAgent.Tests.Pretraining;

/// <summary>Stages as a person types them, and how many steps they are.</summary>
public sealed class StageTests
{
    private static readonly LearningOptions Learning = new() { BatchSize = 16 };

    [Fact]
    public void What_is_typed_has_objectives_weights_and_epochs()
    {
        StageOptions typed = Stage.Parse("mae+clip=0.5:20");
        Assert.Equal([("mae", 1.0), ("clip", 0.5)], typed.Objectives.Select(objective => (objective.Name, objective.Weight)));
        Assert.Equal(20, typed.Epochs);
        Assert.Equal(new StageOptions().Epochs, Stage.Parse("mae").Epochs);
    }

    [Theory]
    [InlineData("mae:0", "the epochs must be above 0")]
    [InlineData("mae:NaN", "the epochs must be above 0")]
    [InlineData("mae=much:1", "an objective's weight")]
    [InlineData("mae+mae:1", "objective 'mae' is there twice")]
    [InlineData("mae=0:1", "all have weight 0")]
    public void What_is_typed_wrong_is_quoted_with_the_reason(string typed, string says)
    {
        FormatException wrong = Assert.Throws<FormatException>(() => Stage.Parse(typed));
        Assert.StartsWith($"'{typed}': ", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(says, wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mae:2", 160, 0, 0, 20)]
    [InlineData("mae:1", 161, 0, 0, 11)]
    [InlineData("mae:3", 5, 0, 0, 3)] // A batch is no larger than what there is.
    [InlineData("mae+clip=0.5:2", 160, 32, 32, 30)] // Of three turns mae has two.
    [InlineData("mae+clip=0.5:2", 160, 0, 0, 20)] // What has no data does not count.
    [InlineData("mlm:2", 160, 0, 0, 0)]
    public void An_epoch_is_over_when_each_objective_has_seen_each_of_its_samples(string typed, int frames, int texts, int pairs, long steps) =>
        Assert.Equal(steps, Of(typed).Steps(Learning, new AvailableData(frames, texts, pairs)));

    [Theory]
    [InlineData("mae+simclr:1", false)]
    [InlineData("mae+mlm:1", true)]
    [InlineData("clip:1", true)]
    public void Whether_a_stage_reads_texts_goes_by_its_objectives(string typed, bool reads) => Assert.Equal(reads, Of(typed).ReadsText);

    private static Stage Of(string typed) => Assert.Single(Stage.Of(new AgentSettings { Pretraining = new() { Stages = [Stage.Parse(typed)] } }));
}
