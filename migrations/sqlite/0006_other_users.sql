-- Nothing to do: whoever may open the file may do everything in it.
SELECT 1;
