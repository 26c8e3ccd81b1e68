using SslAgent.Continual.Streams;

namespace SslAgent.Continual.Tests.Streams;

public sealed class CsvTests
{
    [Fact]
    public void Quoted_cells_may_hold_commas_quotes_and_line_breaks() =>
        Assert.Equal([["a", "b,c", "d\"e"], ["", "f\ng", "h"]], Csv.Read("a,\"b,c\",\"d\"\"e\"\r\n,\"f\ng\",h"));

    [Fact]
    public void A_line_end_at_the_end_begins_no_row() => Assert.Equal([["a", "b"]], Csv.Read("a,b\n"));
}
