namespace SslAgent.Domain.Tests;

public sealed class ModelVersionTests
{
    [Theory]
    [InlineData("v41", 41)]
    [InlineData("41", 41)]
    [InlineData(" V7 ", 7)]
    public void Reads_what_a_person_types(string typed, int number)
    {
        Assert.True(ModelVersion.TryParse(typed, out ModelVersion version));
        Assert.Equal(new ModelVersion(number), version);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("v0")]
    [InlineData("v-1")]
    [InlineData("latest")]
    [InlineData("v99999999999")]
    public void Refuses_what_names_no_version(string? typed) => Assert.False(ModelVersion.TryParse(typed, out _));

    [Fact]
    public void Prints_what_it_reads()
    {
        Assert.Equal("v41", new ModelVersion(41).ToString());
        Assert.True(new ModelVersion(2) < new ModelVersion(10));
    }
}
