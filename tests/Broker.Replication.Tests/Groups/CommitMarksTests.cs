using Broker.Model;
using Xunit;

namespace Broker.Replication.Tests.Groups;

public sealed class CommitMarksTests
{
    [Fact]
    public void Marks_come_back_in_order_up_to_the_commit_and_truncation_takes_from_the_end()
    {
        var marks = new CommitMarks();
        for (int i = 1; i <= 100; i++)
            marks.Push(Mark(i));

        Assert.Equal(10, PopUpTo(marks, 10));
        Assert.Equal(new Offset(490), marks.TruncateFrom(new LogIndex(50)));
        marks.Push(Mark(50));
        Assert.Equal(40, PopUpTo(marks, 1000));
        Assert.Null(marks.TruncateFrom(new LogIndex(51)));
    }

    private static CommitMarks.Mark Mark(int index) =>
        new(new LogIndex(index), new Offset(index * 10), LogIndex.Zero, null);

    private static int PopUpTo(CommitMarks marks, int commit)
    {
        int count = 0;
        while (marks.TryPopUpTo(new LogIndex(commit), out _))
            count++;
        return count;
    }
}
